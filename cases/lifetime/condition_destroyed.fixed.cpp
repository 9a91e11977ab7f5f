// Does:   A thread makes an event, waits until another thread sets it, and deletes it.
// Class:  lifetime, difficulty 4 of 5
//
// Correct: condition_destroyed.cpp with the notification inside the critical section.
// Fails:   never.
// From:    see condition_destroyed.cpp.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

struct Event {
  std::mutex mutex;
  std::condition_variable changed;
  bool happened = false;

  void set() {
    std::lock_guard<std::mutex> lock(mutex);
    happened = true;
    changed.notify_one();
  }
  void wait() {
    std::unique_lock<std::mutex> lock(mutex);
    while (!happened) {
      changed.wait(lock);
    }
  }
};

std::atomic<Event*> published{nullptr};

void wait() {
  auto* event = new Event;
  published = event;
  event->wait();
  delete event;
}

int main() {
  std::thread waiter(wait);
  while (published == nullptr) {
    std::this_thread::yield();
  }
  published.load()->set();
  waiter.join();
  return 0;
}
