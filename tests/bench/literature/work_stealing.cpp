// A work-stealing queue: its owner pushes and takes at the tail without a lock, a thief takes at
// the head. Every item is to be taken once.
// Fails: the thief looks at the tail before it makes its claim at the head known, so both may take
//        the last item.
// From:  Frigo, Leiserson, Randall, "The Implementation of the Cilk-5 Multithreaded Language", PLDI
//        1998, the THE protocol; with a bug like that of Musuvathi, Qadeer, "Iterative Context
//        Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007.
#include <atomic>
#include <cassert>
#include <mutex>
#include <thread>

constexpr long kSize = 8;
constexpr int kItems = 4;
constexpr int kSteals = 2;

class Queue {
 public:
  void push(int item) {
    long tail = tail_.load();
    items_[tail % kSize].store(item);
    tail_.store(tail + 1);
  }

  bool take(int& item) {
    long tail = tail_.load() - 1;
    tail_.store(tail);
    if (head_.load() <= tail) {
      item = items_[tail % kSize].load();
      return true;
    }
    tail_.store(tail + 1);
    return take_the_last(item);
  }

  bool steal(int& item) {
    std::lock_guard<std::mutex> lock(mutex_);
    long head = head_.load();
    if (head >= tail_.load()) return false;
    head_.store(head + 1);
    item = items_[head % kSize].load();
    return true;
  }

 private:
  bool take_the_last(int& item) {
    std::lock_guard<std::mutex> lock(mutex_);
    long tail = tail_.load() - 1;
    tail_.store(tail);
    if (head_.load() <= tail) {
      item = items_[tail % kSize].load();
      return true;
    }
    tail_.store(tail + 1);
    return false;
  }

  std::mutex mutex_;
  std::atomic<long> head_{0};
  std::atomic<long> tail_{0};
  std::atomic<int> items_[kSize];
};

Queue queue;
std::atomic<int> taken[kItems];

void use(int item) {
  int before = taken[item].fetch_add(1);
  assert(before == 0);
}

void own() {
  int item;
  for (int i = 0; i < kItems; i += 2) {
    queue.push(i);
    queue.push(i + 1);
    if (queue.take(item)) use(item);
  }
  while (queue.take(item)) use(item);
}

void thieve() {
  int item;
  for (int i = 0; i < kSteals; ++i) {
    if (queue.steal(item)) use(item);
  }
}

int main() {
  std::thread owner(own);
  std::thread thief(thieve);
  owner.join();
  thief.join();
  return 0;
}
