// Correct: a call that throws does not count as the one call: the next thread to come makes another
//          attempt. One of the two sees the exception, and the other the value.
// Fails: never.
#include <atomic>
#include <cassert>
#include <mutex>
#include <stdexcept>
#include <thread>

std::once_flag initialised;
int attempts = 0;
std::atomic<int> caught{0};

void initialise() {
  if (++attempts == 1) throw std::runtime_error("not yet");
}

void use() {
  try {
    std::call_once(initialised, initialise);
  } catch (const std::runtime_error&) {
    ++caught;
  }
}

int main() {
  std::thread first(use);
  std::thread second(use);
  first.join();
  second.join();
  assert(attempts == 2 && caught == 1);
  return 0;
}
