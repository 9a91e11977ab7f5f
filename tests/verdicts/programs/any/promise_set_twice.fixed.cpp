// Correct: an atomic flag decides who of the two may set the value, and the plain data written
//          before is seen by whoever gets it.
// Fails: never.
#include <atomic>
#include <cassert>
#include <future>
#include <thread>

std::promise<int> found;
std::atomic_flag taken = ATOMIC_FLAG_INIT;
int finder = 0;

void search(int number) {
  if (taken.test_and_set()) return;
  finder = number;
  found.set_value(number);
}

int main() {
  std::future<int> result = found.get_future();
  std::thread first(search, 1);
  std::thread second(search, 2);
  const int number = result.get();
  assert(number == 1 || number == 2);
  assert(finder == number);
  first.join();
  second.join();
  return 0;
}
