// moodycamel::ConcurrentQueue without tokens: two producers, one of which takes elements itself,
// and a consumer. No element is lost or comes out twice, each producer's elements come out in the
// order in which they went in, and the pointee written before enqueue() is seen after
// try_dequeue().
#include <concurrentqueue/concurrentqueue.h>

#include <cassert>
#include <thread>
#include <vector>

struct Item {
  int producer = 0;
  int number = 0;
};

moodycamel::ConcurrentQueue<Item*> queue;
Item items[2][2];

void produce(int producer) {
  for (int number = 0; number < 2; ++number) {
    Item& item = items[producer][number];
    item.producer = producer;
    item.number = number;
    const bool queued = queue.enqueue(&item);
    assert(queued);
  }
}

void take(std::vector<Item*>& taken) {
  Item* item = nullptr;
  if (queue.try_dequeue(item)) taken.push_back(item);
}

void check_order(const std::vector<Item*>& taken) {
  int next[2] = {0, 0};
  for (const Item* item : taken) {
    assert(item->number >= next[item->producer]);
    next[item->producer] = item->number + 1;
  }
}

int main() {
  std::vector<Item*> by_producer;
  std::vector<Item*> by_consumer;
  std::thread first([] { produce(0); });
  std::thread second([&] {
    produce(1);
    take(by_producer);
  });
  std::thread consumer([&] {
    take(by_consumer);
    take(by_consumer);
  });
  first.join();
  second.join();
  consumer.join();

  std::vector<Item*> rest;
  for (Item* item = nullptr; queue.try_dequeue(item);) rest.push_back(item);
  check_order(by_producer);
  check_order(by_consumer);
  check_order(rest);
  int seen[2][2] = {};
  for (const auto* taken : {&by_producer, &by_consumer, &rest}) {
    for (const Item* item : *taken) ++seen[item->producer][item->number];
  }
  for (const auto& of_producer : seen) {
    for (const int times : of_producer) assert(times == 1);
  }
  assert(queue.size_approx() == 0);
  return 0;
}
