// boost::lockfree::queue: two producers, one of which also takes, and a consumer. No element is
// lost or comes out twice, each producer's elements come out in the order in which they went in,
// and what was written before push() is seen after pop().
//
// FIXED makes the queue of a fixed capacity: nodes in an array with tagged 16-bit indices, so that
// four-byte compare-exchanges do. Nodes are used again at once (ABA).
#include <boost/lockfree/queue.hpp>
#include <cassert>
#include <thread>
#include <vector>

#ifdef FIXED
boost::lockfree::queue<int*, boost::lockfree::capacity<3>> queue;
#else
boost::lockfree::queue<int*> queue(1);
#endif
int values[2][2];

void produce(int producer, std::vector<int*>& pushed) {
  for (int number = 0; number < 2; ++number) {
    int* value = &values[producer][number];
    *value = 10 * producer + number;
    if (queue.push(value)) pushed.push_back(value);  // a fixed queue may be full
  }
}

void take(std::vector<int*>& taken) {
  int* value = nullptr;
  if (queue.pop(value)) taken.push_back(value);
}

void check_order(const std::vector<int*>& taken) {
  int last[2] = {-1, -1};
  for (const int* value : taken) {
    assert(*value > last[*value / 10]);
    last[*value / 10] = *value;
  }
}

int main() {
  std::vector<int*> pushed[2];
  std::vector<int*> by_producer;
  std::vector<int*> by_consumer;
  std::thread first([&] { produce(0, pushed[0]); });
  std::thread second([&] {
    produce(1, pushed[1]);
    take(by_producer);
  });
  std::thread consumer([&] {
    take(by_consumer);
    take(by_consumer);
  });
  first.join();
  second.join();
  consumer.join();

  std::vector<int*> rest;
  for (int* value = nullptr; queue.pop(value);) rest.push_back(value);
  assert(queue.empty());
  int seen[2][2] = {};
  for (const auto* taken : {&by_producer, &by_consumer, &rest}) {
    check_order(*taken);
    for (const int* value : *taken) ++seen[*value / 10][*value % 10];
  }
  int expected[2][2] = {};
  for (const auto& by : pushed) {
    for (const int* value : by) ++expected[*value / 10][*value % 10];
  }
  for (int producer = 0; producer < 2; ++producer) {
    for (int number = 0; number < 2; ++number) {
      assert(seen[producer][number] == expected[producer][number]);
#ifndef FIXED
      assert(seen[producer][number] == 1);
#endif
    }
  }
  return 0;
}
