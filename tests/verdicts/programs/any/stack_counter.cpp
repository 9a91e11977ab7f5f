// Bug: two threads increment a variable of main's stack, and nothing orders them.
// Fails: the two increments race, and one can be lost.
#include <cassert>
#include <thread>

int main() {
  int counter = 0;
  std::thread other([&counter] { ++counter; });
  ++counter;
  other.join();
  assert(counter == 2);
  return 0;
}
