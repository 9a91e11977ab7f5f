// Correct: each thread catches what it throws. While one exception is in flight or being handled,
//          other threads run, throw and catch their own; unwinding unlocks the mutex.
// Fails: never.
#include <cassert>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

std::mutex mutex;
int unwound = 0;

struct Unwinding {
  ~Unwinding() {
    assert(std::uncaught_exceptions() == 1);
    std::this_thread::yield();
    std::lock_guard<std::mutex> lock(mutex);
    ++unwound;
    assert(std::uncaught_exceptions() == 1);
  }
};

void throw_and_catch(const std::string& own) {
  try {
    const Unwinding unwinding;
    throw std::runtime_error(own);
  } catch (const std::runtime_error& caught) {
    std::lock_guard<std::mutex> lock(mutex);
    assert(own == caught.what());
    assert(std::uncaught_exceptions() == 0 && std::current_exception() != nullptr);
  }
}

int main() {
  std::thread first(throw_and_catch, "first");
  std::thread second(throw_and_catch, "second");
  throw_and_catch("main");
  first.join();
  second.join();
  assert(unwound == 3);
  return 0;
}
