// Correct: what a task throws comes out of get(), in the thread that asks; a promise that goes
//          without a value leaves an exception too.
// Fails: never.
#include <cassert>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

int main() {
  std::future<int> task =
      std::async(std::launch::async, []() -> int { throw std::runtime_error("no result"); });
  std::promise<int> promise;
  std::future<int> broken = promise.get_future();
  std::thread forgetful([held = std::move(promise)] {});
  int caught = 0;
  try {
    task.get();
  } catch (const std::runtime_error&) {
    ++caught;
  }
  forgetful.join();
  try {
    broken.get();
  } catch (const std::future_error& error) {
    assert(error.code() == std::future_errc::broken_promise);
    ++caught;
  }
  assert(caught == 2);
  return 0;
}
