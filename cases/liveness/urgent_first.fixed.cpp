// Does:   A background job lets urgent ones go first, whenever one of them waits.
// Class:  liveness, difficulty 3 of 5
//
// Correct: urgent_first.cpp with the courtesy before the lock.
// Fails:   never.
// From:    see urgent_first.cpp.
#include <atomic>
#include <mutex>
#include <thread>

std::mutex disk;
std::atomic<int> urgent_waiting{0};
int blocks = 0;

void urgent() {
  ++urgent_waiting;
  disk.lock();
  --urgent_waiting;
  ++blocks;
  disk.unlock();
}

void background() {
  while (urgent_waiting > 0) {
    std::this_thread::yield();
  }
  disk.lock();
  ++blocks;
  disk.unlock();
}

int main() {
  std::thread cleaner(background);
  std::thread user(urgent);
  cleaner.join();
  user.join();
  return 0;
}
