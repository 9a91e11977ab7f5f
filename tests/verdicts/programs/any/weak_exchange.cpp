// Bug: compare_exchange_weak() without a loop. It may fail although the value is the expected one.
// Fails: if it does, which no compiler for x86-64 makes happen; nobody else touches the value.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> states[2] = {0, 0};

void start(int number) {
  int idle = 0;
  states[number].compare_exchange_weak(idle, 1);
}

int main() {
  std::thread first(start, 0);
  std::thread second(start, 1);
  first.join();
  second.join();
  assert(states[0] == 1 && states[1] == 1);
  return 0;
}
