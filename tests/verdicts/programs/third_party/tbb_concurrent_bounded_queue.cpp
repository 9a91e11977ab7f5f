// tbb::concurrent_bounded_queue with room for one: two producers that wait while it is full, and a
// consumer that waits while it is empty. All waits end, no element is lost or comes out twice, and
// each producer's elements come out in the order in which they went in.
#include <oneapi/tbb/concurrent_queue.h>

#include <cassert>
#include <thread>

tbb::concurrent_bounded_queue<int*> queue;
int values[2][2];

void produce(int producer) {
  for (int number = 0; number < 2; ++number) {
    values[producer][number] = 10 * producer + number;
    queue.push(&values[producer][number]);
  }
}

int main() {
  queue.set_capacity(1);
  std::thread first([] { produce(0); });
  std::thread second([] { produce(1); });
  std::thread consumer([] {
    int next[2] = {0, 0};
    for (int taken = 0; taken < 4; ++taken) {
      int* value = nullptr;
      queue.pop(value);
      assert(*value % 10 == next[*value / 10]);
      ++next[*value / 10];
    }
  });
  first.join();
  second.join();
  consumer.join();
  assert(queue.size() == 0);
  return 0;
}
