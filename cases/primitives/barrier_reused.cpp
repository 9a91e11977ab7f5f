// Does:   Two workers meet at a barrier after each of three rounds, so that none is a round ahead.
// Class:  primitives, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the barrier's count is set back by whoever comes last. A fast thread comes to the next
//         round, and raises the count again, before the slow one has seen that the last round is
//         complete.
// Fails:  if the thread that completes a round arrives at the next one before the other has looked
//         at the count again: both wait for ever then.
// From:   "The Little Book of Semaphores" (A. B. Downey), on the reusable barrier.
// Found:  stress the deadlock, in every run; tsan as stress; fuzz the deadlock and the lost
//         wake-up; relacy the deadlock and the lost wake-up.
#include <condition_variable>
#include <mutex>
#include <thread>

constexpr int kThreads = 2;
constexpr int kRounds = 3;

class Barrier {
 public:
  void arrive_and_wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (++arrived_ == kThreads) {
      complete_.notify_all();
      lock.unlock();
      lock.lock();
      arrived_ = 0;
      return;
    }
    while (arrived_ < kThreads && arrived_ != 0) {
      complete_.wait(lock);
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  int arrived_ = 0;
};

Barrier barrier;

void work() {
  for (int round = 0; round < kRounds; ++round) {
    barrier.arrive_and_wait();
  }
}

int main() {
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  return 0;
}
