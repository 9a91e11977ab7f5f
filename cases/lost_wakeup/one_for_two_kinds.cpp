// Does:   Two producers and two consumers share a buffer for one item and its condition variable.
// Class:  lost_wakeup, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    notify_one() may wake a thread of the same kind, which cannot use the news and waits
//         again, and nobody passes the news on.
// Fails:  if a producer wakes the other producer, or a consumer the other consumer, and all wait.
// From:   the classic of Java's notify() for notifyAll(): "Java Concurrency in Practice" (Goetz and
//         others, 2006), missed signals and hijacked notifications.
// Found:  stress and tsan the deadlock, seldom; fuzz and relacy the deadlock: no notification was
//         lost, but it went to the wrong thread.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable changed;
bool full = false;

void put() {
  std::unique_lock<std::mutex> lock(mutex);
  while (full) {
    changed.wait(lock);
  }
  full = true;
  changed.notify_one();
}

void take() {
  std::unique_lock<std::mutex> lock(mutex);
  while (!full) {
    changed.wait(lock);
  }
  full = false;
  changed.notify_one();
}

int main() {
  std::thread producers[] = {std::thread(put), std::thread(put)};
  std::thread consumers[] = {std::thread(take), std::thread(take)};
  for (int i = 0; i < 2; ++i) {
    producers[i].join();
    consumers[i].join();
  }
  return 0;
}
