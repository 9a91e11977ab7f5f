// moodycamel::ConcurrentQueue with tokens: two producers with a ProducerToken each, one of them in
// bulk, and two consumers with a ConsumerToken each. No element is lost or comes out twice, and
// each consumer sees a producer's elements in the order in which they went in.
#include <concurrentqueue/concurrentqueue.h>

#include <cassert>
#include <thread>
#include <vector>

constexpr int kEach = 2;

moodycamel::ConcurrentQueue<int*> queue;
int values[2][kEach];

int producer_of(const int* value) {
  return *value / 10;
}

void produce_singly() {
  moodycamel::ProducerToken token(queue);
  for (int number = 0; number < kEach; ++number) {
    values[0][number] = number;
    const bool queued = queue.enqueue(token, &values[0][number]);
    assert(queued);
  }
}

void produce_in_bulk() {
  moodycamel::ProducerToken token(queue);
  int* pointers[kEach];
  for (int number = 0; number < kEach; ++number) {
    values[1][number] = 10 + number;
    pointers[number] = &values[1][number];
  }
  const bool queued = queue.enqueue_bulk(token, pointers, kEach);
  assert(queued);
}

void consume_singly(std::vector<int*>& taken) {
  moodycamel::ConsumerToken token(queue);
  for (int i = 0; i < kEach; ++i) {
    int* value = nullptr;
    if (queue.try_dequeue(token, value)) taken.push_back(value);
  }
}

void consume_in_bulk(std::vector<int*>& taken) {
  moodycamel::ConsumerToken token(queue);
  int* pointers[kEach];
  const std::size_t count = queue.try_dequeue_bulk(token, pointers, kEach);
  assert(count <= kEach);
  taken.assign(pointers, pointers + count);
}

void check_order(const std::vector<int*>& taken) {
  int last[2] = {-1, -1};
  for (const int* value : taken) {
    assert(*value > last[producer_of(value)]);
    last[producer_of(value)] = *value;
  }
}

int main() {
  std::vector<int*> singly;
  std::vector<int*> in_bulk;
  std::thread producers[] = {std::thread(produce_singly), std::thread(produce_in_bulk)};
  std::thread consumers[] = {std::thread([&] { consume_singly(singly); }),
                             std::thread([&] { consume_in_bulk(in_bulk); })};
  for (std::thread& producer : producers) producer.join();
  for (std::thread& consumer : consumers) consumer.join();

  std::vector<int*> rest;
  for (int* value = nullptr; queue.try_dequeue(value);) rest.push_back(value);
  int seen[2][kEach] = {};
  for (const auto* taken : {&singly, &in_bulk, &rest}) {
    check_order(*taken);
    for (const int* value : *taken) ++seen[producer_of(value)][*value % 10];
  }
  for (const auto& of_producer : seen) {
    for (const int times : of_producer) assert(times == 1);
  }
  return 0;
}
