// Does:   A lock-free stack of three nodes; one thread pops, one pops two and pushes one back.
// Class:  atomicity, difficulty 5 of 5
//
// Correct: aba_stack.cpp with a counter beside the top, which every change raises.
// Fails:   never.
// From:    see aba_stack.cpp.
#include <atomic>
#include <cassert>
#include <thread>

// Nodes are numbers from 1; 0 ends the stack.
std::atomic<int> next[4];
std::atomic<int> owners[4];
std::atomic<unsigned> top{0};  // the node in the low byte, the count of changes above

void push(int node) {
  unsigned old = top.load();
  do {
    next[node] = static_cast<int>(old & 255u);
  } while (!top.compare_exchange_strong(old, ((old | 255u) + 1) | static_cast<unsigned>(node)));
}

int pop() {
  unsigned old = top.load();
  while ((old & 255u) != 0 &&
         !top.compare_exchange_strong(
             old, ((old | 255u) + 1) | static_cast<unsigned>(next[old & 255u].load()))) {
  }
  return static_cast<int>(old & 255u);
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
