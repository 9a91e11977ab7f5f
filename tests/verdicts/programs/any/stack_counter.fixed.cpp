// Correct: a variable of main's stack, which main leaves alone until the other thread has ended.
// Fails: never.
#include <cassert>
#include <thread>

int main() {
  int counter = 0;
  std::thread other([&counter] { ++counter; });
  other.join();
  ++counter;
  assert(counter == 2);
  return 0;
}
