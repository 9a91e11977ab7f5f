// Does:   One thread publishes a number with a fence and a flag; another reads it with the same.
// Class:  memory_order, difficulty 4 of 5
//
// Correct: wrong_fence.cpp with a release fence.
// Fails:   never.
// From:    see wrong_fence.cpp.
#include <atomic>
#include <cassert>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

void publish() {
  data = 42;
  std::atomic_thread_fence(std::memory_order_release);
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
