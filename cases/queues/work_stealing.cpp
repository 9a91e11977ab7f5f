// Does:   The owner takes jobs from one end of a deque, a thief steals from the other.
// Class:  queues, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the owner takes the last job without a compare-exchange, although a thief may be about to
//         steal the same one.
// Fails:  if the thief has read the job and not yet moved the top when the owner looks, and both
//         take it.
// From:   D. Chase and Y. Lev, "Dynamic Circular Work-Stealing Deque" (SPAA 2005), where the owner
//         races for the last job by compare-exchange.
// Found:  stress the failed assertion, seldom; tsan as stress; fuzz the failed assertion; relacy
//         the failed assertion.
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
  return true;
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
