// Does:   A window is made together with its thread, which asks the window for its thread.
// Class:  order, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the creator stores the handle after the thread has been started, and the thread reads it
//         at once.
// Fails:  if the new thread reads the handle before its creator has stored it.
// From:   an order violation in Mozilla that "Learning from Mistakes" (ASPLOS 2008) shows: mThread
//         is read by the thread whose creation returns it.
// Found:  stress the assertion, most often; tsan and fuzz the race and the assertion; relacy the
//         race.
#include <cassert>
#include <memory>
#include <thread>

struct Window {
  std::unique_ptr<std::thread> thread;

  void open() { thread = std::make_unique<std::thread>(&Window::run, this); }

  void run() {
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
