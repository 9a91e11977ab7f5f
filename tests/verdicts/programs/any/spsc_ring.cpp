// Bug: a ring buffer for one producer and one consumer, whose positions are stored and loaded with
//      relaxed order: they tell how many items there are but do not publish them.
// Fails: whenever the consumer takes an item: its read races with the producer's write.
#include <atomic>
#include <cassert>
#include <thread>

constexpr auto kLoad = std::memory_order_relaxed;
constexpr auto kStore = std::memory_order_relaxed;
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
