// Does:   A ring for one item; the producer fills it three times, the consumer empties it.
// Class:  queues, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the producer gives the place on with a relaxed store, and the item with nothing.
// Fails:  by the data race, in nearly every run. x86-64 keeps the order of the two stores and shows
//         no wrong item.
// From:   the single-producer, single-consumer ring of L. Lamport, "Specifying Concurrent Program
//         Modules" (TOPLAS 1983), which presumes sequential consistency.
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy the data race.
#include <atomic>
#include <cassert>
#include <thread>

constexpr int kItems = 3;
constexpr int kPlaces = 2;

int ring[kPlaces];
std::atomic<int> written{0};
std::atomic<int> taken{0};

void produce() {
  for (int i = 0; i < kItems; ++i) {
    while (i - taken.load(std::memory_order_acquire) == kPlaces) {
      std::this_thread::yield();
    }
    ring[i % kPlaces] = i;
    written.store(i + 1, std::memory_order_relaxed);
  }
}

void consume() {
  for (int i = 0; i < kItems; ++i) {
    while (written.load(std::memory_order_acquire) == i) {
      std::this_thread::yield();
    }
    assert(ring[i % kPlaces] == i);
    taken.store(i + 1, std::memory_order_release);
  }
}

int main() {
  std::thread producer(produce);
  std::thread consumer(consume);
  producer.join();
  consumer.join();
  return 0;
}
