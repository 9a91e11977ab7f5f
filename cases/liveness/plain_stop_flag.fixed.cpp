// Does:   A worker counts until it is told to stop.
// Class:  liveness, difficulty 2 of 5
//
// Correct: plain_stop_flag.cpp with an atomic flag.
// Fails:   never.
// From:    see plain_stop_flag.cpp.
#include <atomic>
#include <thread>

std::atomic<bool> stop{false};
int rounds = 0;

void work() {
  while (!stop) {
    ++rounds;
    std::this_thread::yield();
  }
}

int main() {
  std::thread worker(work);
  stop = true;
  worker.join();
  return 0;
}
