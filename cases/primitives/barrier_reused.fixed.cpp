// Does:   Two workers meet at a barrier after each of three rounds, so that none is a round ahead.
// Class:  primitives, difficulty 4 of 5
//
// Correct: barrier_reused.cpp with a number for each round, which threads wait to change.
// Fails:   never.
// From:    see barrier_reused.cpp.
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
      arrived_ = 0;
      ++round_;
      complete_.notify_all();
      return;
    }
    int my_round = round_;
    while (round_ == my_round) {
      complete_.wait(lock);
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  int arrived_ = 0;
  int round_ = 0;
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
