// Correct: while both threads run, the counter is used through std::atomic_ref only; before and
//          after that it is an ordinary variable.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

int counter = 0;

void increment() {
  std::atomic_ref<int> reference(counter);
  ++reference;
}

int main() {
  counter = 40;
  std::thread first(increment);
  std::thread second(increment);
  first.join();
  second.join();
  assert(counter == 42);
  return 0;
}
