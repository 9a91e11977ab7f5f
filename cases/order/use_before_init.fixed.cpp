// Does:   A window is made together with its thread, which asks the window for its thread.
// Class:  order, difficulty 2 of 5
//
// Correct: use_before_init.cpp with a lock that the creator holds until the handle is stored.
// Fails:   never.
// From:    see use_before_init.cpp.
#include <cassert>
#include <memory>
#include <mutex>
#include <thread>

struct Window {
  std::mutex mutex;
  std::unique_ptr<std::thread> thread;

  void open() {
    std::lock_guard<std::mutex> lock(mutex);
    thread = std::make_unique<std::thread>(&Window::run, this);
  }

  void run() {
    std::lock_guard<std::mutex> lock(mutex);
    assert(thread != nullptr);
    assert(thread->get_id() == std::this_thread::get_id());
  }
};

int main() {
  Window window;
  window.open();
  window.thread->join();
  return 0;
}
