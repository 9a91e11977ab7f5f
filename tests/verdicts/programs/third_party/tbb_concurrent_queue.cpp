// tbb::concurrent_queue: two producers and a consumer that tries. No element is lost or comes out
// twice, each producer's elements come out in the order in which they went in, and what was written
// before push() is seen after try_pop().
#include <oneapi/tbb/concurrent_queue.h>

#include <cassert>
#include <thread>
#include <vector>

tbb::concurrent_queue<int*> queue;
int values[2][2];

void produce(int producer) {
  for (int number = 0; number < 2; ++number) {
    values[producer][number] = 10 * producer + number;
    queue.push(&values[producer][number]);
  }
}

int main() {
  std::vector<int*> taken;
  std::thread first([] { produce(0); });
  std::thread second([] { produce(1); });
  std::thread consumer([&] {
    for (int i = 0; i < 3; ++i) {
      int* value = nullptr;
      if (queue.try_pop(value)) {
        assert(*value >= 0 && *value <= 11);
        taken.push_back(value);
      }
    }
  });
  first.join();
  second.join();
  consumer.join();
  assert(queue.unsafe_size() == 4 - taken.size());
  for (int* value = nullptr; queue.try_pop(value);) taken.push_back(value);
  assert(taken.size() == 4);
  int next[2] = {0, 0};
  for (const int* value : taken) {
    assert(*value % 10 == next[*value / 10]);
    ++next[*value / 10];
  }
  assert(queue.empty());
  return 0;
}
