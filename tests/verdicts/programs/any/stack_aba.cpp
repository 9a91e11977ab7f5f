// Bug: a lock-free free list that compares the head's index only (ABA): the head may be the same
//      node again while its successor is another.
// Fails: if the second thread takes both nodes and gives the first one back while the first thread
//        stands between reading the successor and its exchange: a node then has two owners.
#include <atomic>
#include <cassert>
#include <thread>

constexpr int kNone = -1;

std::atomic<int> head{0};
std::atomic<int> next[2] = {1, kNone};
std::atomic<bool> owned[2] = {false, false};

int take() {
  int top = head;
  while (top != kNone && !head.compare_exchange_weak(top, next[top])) {
  }
  if (top != kNone) assert(!owned[top].exchange(true));
  return top;
}

void give(int node) {
  owned[node] = false;
  int top = head;
  do {
    next[node] = top;
  } while (!head.compare_exchange_weak(top, node));
}

int main() {
  std::thread first([] {
    take();
    take();
  });
  std::thread second([] {
    const int one = take();
    take();
    if (one != kNone) give(one);
  });
  first.join();
  second.join();
  return 0;
}
