// Bug: two threads search, and each that finds sets the promise's value, which is allowed once.
// Fails: in every interleaving: the second one throws std::future_error, which nobody catches.
#include <cassert>
#include <future>
#include <thread>

std::promise<int> found;

int main() {
  std::future<int> result = found.get_future();
  std::thread first([] { found.set_value(42); });
  std::thread second([] { found.set_value(42); });
  assert(result.get() == 42);
  first.join();
  second.join();
  return 0;
}
