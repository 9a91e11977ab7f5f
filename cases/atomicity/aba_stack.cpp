// Does:   A lock-free stack of three nodes; one thread pops, one pops two and pushes one back.
// Class:  atomicity, difficulty 5 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    pop() compares the top only. If the same node is the top again, its successor may be
//         another.
// Fails:  if one thread reads the top and its successor, and the other pops two nodes and pushes
//         the first one back before the first thread's compare-exchange, which then makes a popped
//         node the top.
// From:   the ABA problem, described in IBM's System/370 Principles of Operation; the stack is that
//         of R. K. Treiber (IBM, 1986).
// Found:  stress and tsan hardly ever; fuzz and relacy the assertion.
#include <atomic>
#include <cassert>
#include <thread>

// Nodes are numbers from 1; 0 ends the stack.
std::atomic<int> next[4];
std::atomic<int> owners[4];
std::atomic<int> top{0};

void push(int node) {
  int old = top.load();
  do {
    next[node] = old;
  } while (!top.compare_exchange_strong(old, node));
}

int pop() {
  int node = top.load();
  while (node != 0 && !top.compare_exchange_strong(node, next[node])) {
  }
  return node;
}

void take_one() {
  ++owners[pop()];
}

void take_two_and_return_one() {
  int first = pop();
  ++owners[pop()];
  if (first != 0) {
    push(first);
  }
}

int main() {
  for (int node = 3; node > 0; --node) {
    push(node);
  }
  std::thread one(take_one);
  std::thread two(take_two_and_return_one);
  one.join();
  two.join();
  for (int node = pop(); node != 0; node = pop()) {
    ++owners[node];
  }
  assert(owners[1] <= 1 && owners[2] <= 1 && owners[3] <= 1);
  return 0;
}
