// Bug: the writer has its release fence, the reader no acquire fence to pair it with.
// Fails: whenever the reader sees the flag: nothing orders its read of the data after the write.
#include <atomic>
#include <cassert>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

int main() {
  std::thread writer([] {
    data = 42;
    std::atomic_thread_fence(std::memory_order_release);
    ready.store(true, std::memory_order_relaxed);
  });
  std::thread reader([] {
    if (ready.load(std::memory_order_relaxed)) assert(data == 42);
  });
  writer.join();
  reader.join();
  return 0;
}
