// Does:   Two producers and two consumers share a buffer for one item and its condition variable.
// Class:  lost_wakeup, difficulty 4 of 5
//
// Correct: one_for_two_kinds.cpp with notify_all().
// Fails:   never.
// From:    see one_for_two_kinds.cpp.
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
  changed.notify_all();
}

void take() {
  std::unique_lock<std::mutex> lock(mutex);
  while (!full) {
    changed.wait(lock);
  }
  full = false;
  changed.notify_all();
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
