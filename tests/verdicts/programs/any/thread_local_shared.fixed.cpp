// Correct: each thread has a variable of its own, made when it first uses it and destroyed at its
//          end, before a join returns.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> made{0};
std::atomic<int> destroyed{0};

struct Counter {
  Counter() { ++made; }
  ~Counter() { ++destroyed; }
  int value = 40;
};

thread_local Counter counter;
thread_local int zero;

void count() {
  assert(zero == 0);
  ++zero;
  ++counter.value;
  std::this_thread::yield();
  ++counter.value;
  assert(counter.value == 42 && zero == 1);
}

int main() {
  std::thread first(count);
  std::thread second(count);
  first.join();
  second.join();
  assert(made == 2 && destroyed == 2);
  count();
  assert(made == 3 && destroyed == 2);
  return 0;
}
