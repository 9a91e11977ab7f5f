// Does:   A model tells its view of each change; the view asks the model when it is drawn.
// Class:  deadlock, difficulty 3 of 5
//
// Correct: lock_in_callback.cpp with the call after the critical section.
// Fails:   never.
// From:    see lock_in_callback.cpp.
#include <functional>
#include <mutex>
#include <thread>

struct Model {
  std::mutex mutex;
  int value = 0;
  std::function<void(int)> changed;

  void set(int new_value) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      value = new_value;
    }
    changed(new_value);
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
