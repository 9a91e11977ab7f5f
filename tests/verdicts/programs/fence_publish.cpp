// Correct with its fences: they order the relaxed accesses of the flag. A race without them
// (NO_FENCES).
#include <atomic>
#include <cassert>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

void publish() {
  data = 42;
#ifndef NO_FENCES
  std::atomic_thread_fence(std::memory_order_release);
#endif
  ready.store(true, std::memory_order_relaxed);
}

void consume() {
  if (!ready.load(std::memory_order_relaxed)) return;
#ifndef NO_FENCES
  std::atomic_thread_fence(std::memory_order_acquire);
#endif
  assert(data == 42);
}

int main() {
  std::thread writer(publish);
  std::thread reader(consume);
  writer.join();
  reader.join();
  return 0;
}
