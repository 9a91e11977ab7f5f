// Does:   The owner takes jobs from one end of a deque, a thief steals from the other.
// Class:  queues, difficulty 4 of 5
//
// Correct: work_stealing.cpp with the compare-exchange.
// Fails:   never.
// From:    see work_stealing.cpp.
#include <atomic>
#include <cassert>
#include <thread>

constexpr int kJobs = 2;
std::atomic<int> done[kJobs];
std::atomic<int> top{0};
std::atomic<int> bottom{kJobs};

bool take(int& job) {
  int last = --bottom;
  int first = top;
  if (first > last) {
    bottom = first;
    return false;
  }
  job = last;
  if (first < last) {
    return true;
  }
  bottom = first + 1;
  return top.compare_exchange_strong(first, first + 1);
}

bool steal(int& job) {
  int first = top;
  if (first >= bottom) {
    return false;
  }
  job = first;
  return top.compare_exchange_strong(first, first + 1);
}

void own() {
  int job = 0;
  while (take(job)) {
    ++done[job];
  }
}

void rob() {
  int job = 0;
  if (steal(job)) {
    ++done[job];
  }
}

int main() {
  std::thread owner(own);
  std::thread thief(rob);
  owner.join();
  thief.join();
  assert(done[0] == 1 && done[1] == 1);
  return 0;
}
