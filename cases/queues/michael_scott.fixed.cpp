// Does:   Two threads take an item each from a lock-free queue and reuse its node for another.
// Class:  queues, difficulty 5 of 5
//
// Correct: michael_scott.cpp with the item read before the compare-exchange.
// Fails:   never.
// From:    see michael_scott.cpp.
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
    int item = after == kNone ? 0 : items[after].load();
    if (after != kNone && head.compare_exchange_strong(first, link(first, after))) {
      *freed = first & 255;
      return item;
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
