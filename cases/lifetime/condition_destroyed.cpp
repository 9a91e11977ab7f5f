// Does:   A thread makes an event, waits until another thread sets it, and deletes it.
// Class:  lifetime, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the waiting thread may see the flag and delete the event before the other one has come to
//         notify.
// Fails:  if the waiting thread sees the flag between the setting and the notification.
// From:   pthread_cond_destroy in POSIX, and the lifetime problem of completions that are allocated
//         on a stack.
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy nothing.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

struct Event {
  std::mutex mutex;
  std::condition_variable changed;
  bool happened = false;

  void set() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      happened = true;
    }
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
