// Correct: a static variable of a function is initialised by the first thread to come, and the
//          others wait for it; if the initialisation throws, the next thread tries again.
// Fails: never.
#include <atomic>
#include <cassert>
#include <stdexcept>
#include <thread>

std::atomic<int> attempts{0};

int initial_value() {
  if (++attempts == 1) throw std::runtime_error("not yet");
  std::this_thread::yield();
  return 42;
}

int value() {
  static const int kept = initial_value();
  return kept;
}

void use() {
  try {
    assert(value() == 42);
  } catch (const std::runtime_error&) {
    assert(value() == 42);
  }
}

int main() {
  std::thread first(use);
  std::thread second(use);
  first.join();
  second.join();
  assert(attempts == 2);
  return 0;
}
