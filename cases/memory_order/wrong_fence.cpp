// Does:   One thread publishes a number with a fence and a flag; another reads it with the same.
// Class:  memory_order, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the writer has an acquire fence before its store where it needs a release fence.
// Fails:  if the reader sees the flag: what it reads then is a data race. x86-64 shows no wrong
//         value.
// From:   [atomics.fences] in the C++ standard: a release fence synchronises with an acquire fence.
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy the data race.
#include <atomic>
#include <cassert>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

void publish() {
  data = 42;
  std::atomic_thread_fence(std::memory_order_acquire);
  ready.store(true, std::memory_order_relaxed);
}

void consume() {
  if (ready.load(std::memory_order_relaxed)) {
    std::atomic_thread_fence(std::memory_order_acquire);
    assert(data == 42);
  }
}

int main() {
  std::thread writer(publish);
  std::thread reader(consume);
  writer.join();
  reader.join();
  return 0;
}
