// Does:   A background job lets urgent ones go first, whenever one of them waits.
// Class:  liveness, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the background job lets others go first while it holds the lock that they wait for.
// Fails:  if the urgent job announces itself after the background job has taken the lock and before
//         it looks.
// From:   priority inversion: the one that should go first waits for one that will not go on; L.
//         Sha and others, "Priority Inheritance Protocols" (IEEE Transactions on Computers 1990).
// Found:  stress nothing; tsan as stress; fuzz the hang; relacy gives up at the step limit.
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
  disk.lock();
  while (urgent_waiting > 0) {
    std::this_thread::yield();
  }
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
