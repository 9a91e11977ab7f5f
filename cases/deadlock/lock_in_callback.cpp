// Does:   A model tells its view of each change; the view asks the model when it is drawn.
// Class:  deadlock, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the model calls its view with its lock held, so the two locks are taken in both orders.
// Fails:  if the model changes while the view is drawn and each holds its own lock.
// From:   the alien calls of "Effective Java" (J. Bloch): within a synchronized region, do not call
//         a method that is the client's.
// Found:  stress and tsan the deadlock, seldom; tsan the lock-order inversion, in nearly every run;
//         fuzz and relacy the deadlock.
#include <functional>
#include <mutex>
#include <thread>

struct Model {
  std::mutex mutex;
  int value = 0;
  std::function<void(int)> changed;

  void set(int new_value) {
    std::lock_guard<std::mutex> lock(mutex);
    value = new_value;
    changed(value);
  }
  int get() {
    std::lock_guard<std::mutex> lock(mutex);
    return value;
  }
};

struct View {
  std::mutex mutex;
  int shown = 0;

  void update(int value) {
    std::lock_guard<std::mutex> lock(mutex);
    shown = value;
  }
  void draw(Model& model) {
    std::lock_guard<std::mutex> lock(mutex);
    shown = model.get();
  }
};

int main() {
  Model model;
  View view;
  model.changed = [&view](int value) { view.update(value); };
  std::thread editor([&model] { model.set(1); });
  std::thread screen([&model, &view] { view.draw(model); });
  editor.join();
  screen.join();
  return 0;
}
