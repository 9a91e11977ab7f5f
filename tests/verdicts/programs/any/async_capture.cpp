// Bug: the asynchronous task adds to a variable of main, which adds to it as well before it waits.
// Fails: in every interleaving: nothing orders the two additions.
#include <cassert>
#include <future>

int main() {
  int sum = 0;
  std::future<void> task = std::async(std::launch::async, [&sum] { sum += 40; });
  sum += 2;
  task.get();
  assert(sum == 42);
  return 0;
}
