// Does:   The settings are loaded once, by the first of two threads that needs them.
// Class:  memory_order, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the first look at the pointer is a plain read outside the lock, which orders nothing.
// Fails:  if one thread sees the pointer before it sees what it points to; x86-64 does not show
//         that. The data race is there whenever one thread looks while the other writes.
// From:   "The 'Double-Checked Locking is Broken' Declaration" (D. Bacon and others); S. Meyers and
//         A. Alexandrescu, "C++ and the Perils of Double-Checked Locking" (Dr. Dobb's Journal
//         2004).
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy the data race.
#include <cassert>
#include <mutex>
#include <thread>

struct Settings {
  int width = 640;
};

std::mutex mutex;
Settings* settings = nullptr;

Settings& get_settings() {
  if (settings == nullptr) {
    std::lock_guard<std::mutex> lock(mutex);
    if (settings == nullptr) {
      settings = new Settings;
    }
  }
  return *settings;
}

void draw() {
  assert(get_settings().width == 640);
}

int main() {
  std::thread first(draw);
  std::thread second(draw);
  first.join();
  second.join();
  delete settings;
  return 0;
}
