// Correct: the tasks return their parts, and main adds. The deferred one runs in main's own thread,
//          when it is asked for its result.
// Fails: never.
#include <cassert>
#include <future>
#include <thread>

int main() {
  std::future<int> task = std::async(std::launch::async, [] { return 40; });
  std::future<bool> deferred = std::async(
      std::launch::deferred,
      [caller = std::this_thread::get_id()] { return caller == std::this_thread::get_id(); });
  int sum = 2;
  assert(deferred.get());
  sum += task.get();
  assert(sum == 42);
  return 0;
}
