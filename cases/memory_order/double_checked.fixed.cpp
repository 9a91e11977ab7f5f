// Does:   The settings are loaded once, by the first of two threads that needs them.
// Class:  memory_order, difficulty 2 of 5
//
// Correct: double_checked.cpp with an atomic pointer.
// Fails:   never.
// From:    see double_checked.cpp.
#include <atomic>
#include <cassert>
#include <mutex>
#include <thread>

struct Settings {
  int width = 640;
};

std::mutex mutex;
std::atomic<Settings*> settings{nullptr};

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
  delete settings.load();
  return 0;
}
