// Does:   Two threads take an item each from a lock-free queue and reuse its node for another.
// Class:  queues, difficulty 5 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the item is read after the compare-exchange that takes it. By then its node is the
//         queue's dummy, and another thread may have taken that in turn and filled it anew.
// Fails:  if between a thread's compare-exchange and its read the other takes the next item and
//         reuses the node.
// From:   M. M. Michael and M. L. Scott, "Simple, Fast, and Practical Non-Blocking and Blocking
//         Concurrent Queue Algorithms" (PODC 1996), which reads the value before the
//         compare-exchange for that reason.
// Found:  stress the failed assertion, seldom; tsan as stress; fuzz the failed assertion; relacy
//         the failed assertion.
#include <atomic>
#include <cassert>
#include <thread>

// Nodes are numbers; a link is a node in the low byte and a count of changes above.
using Link = unsigned;
constexpr Link kNone = 255;
std::atomic<int> items[3];
std::atomic<Link> next[3];
std::atomic<Link> head{0};
std::atomic<Link> tail{0};

Link link(Link old, Link node) {
  return (old | 255) + 1 + node;
}

void enqueue(Link node, int item) {
  items[node] = item;
  next[node] = link(next[node], kNone);
  while (true) {
    Link last = tail;
    Link after = next[last & 255];
    if ((after & 255) != kNone) {
      tail.compare_exchange_strong(last, link(last, after & 255));
    } else if (next[last & 255].compare_exchange_strong(after, link(after, node))) {
      tail.compare_exchange_strong(last, link(last, node));
      return;
    }
  }
}

int dequeue(Link* freed) {
  while (true) {
    Link first = head;
    Link after = next[first & 255] & 255;
    if (after != kNone && head.compare_exchange_strong(first, link(first, after))) {
      *freed = first & 255;
      return items[after];
    }
  }
}

void work(int* taken) {
  Link node = 0;
  *taken = dequeue(&node);
  enqueue(node, *taken + 10);
}
int main() {
  next[0] = next[1] = next[2] = kNone;
  enqueue(1, 1);
  enqueue(2, 2);
  int taken[2];
  std::thread first(work, &taken[0]);
  std::thread second(work, &taken[1]);
  first.join();
  second.join();
  assert(taken[0] + taken[1] == 3);
  return 0;
}
