// Correct: a ring buffer for one producer and one consumer. The store of a position releases the
//          slot, the load of it acquires the slot, in either direction.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

constexpr auto kLoad = std::memory_order_acquire;
constexpr auto kStore = std::memory_order_release;
constexpr unsigned kSize = 2;

int slots[kSize];
std::atomic<unsigned> head{0};
std::atomic<unsigned> tail{0};

void produce() {
  for (unsigned i = 0; i < 3; ++i) {
    while (i - head.load(kLoad) == kSize) std::this_thread::yield();
    slots[i % kSize] = static_cast<int>(i) + 1;
    tail.store(i + 1, kStore);
  }
}

void consume() {
  for (unsigned i = 0; i < 3; ++i) {
    while (tail.load(kLoad) == i) std::this_thread::yield();
    assert(slots[i % kSize] == static_cast<int>(i) + 1);
    head.store(i + 1, kStore);
  }
}

int main() {
  std::thread producer(produce);
  std::thread consumer(consume);
  producer.join();
  consumer.join();
  return 0;
}
