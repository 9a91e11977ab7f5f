// Correct: a promise and its future are on main's stack, and both go when the value has come and
//          the thread that sets it has been joined.
// Fails: never.
#include <cassert>
#include <future>
#include <thread>

__attribute__((noinline)) int ask() {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::thread helper([&promise] { promise.set_value(21); });
  const int value = future.get();
  helper.join();
  return value;
}

int main() {
  assert(ask() + ask() == 42);
  return 0;
}
