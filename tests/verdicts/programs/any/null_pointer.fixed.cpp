// Correct: the pointer is loaded once, and what it points to is never destroyed.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

const int object = 42;
std::atomic<const int*> current{&object};
std::atomic<int> sum{0};

int main() {
  std::thread user([] {
    if (const int* found = current.load()) sum += *found;
  });
  std::thread owner([] { current = nullptr; });
  user.join();
  owner.join();
  assert(sum == 0 || sum == 42);
  return 0;
}
