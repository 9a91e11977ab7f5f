// moodycamel::BlockingConcurrentQueue: two producers and a consumer that waits for all they make.
// wait_dequeue() returns once for each element (no wake-up is lost), wait_dequeue_timed() may give
// up but loses nothing, and each producer's elements come out in the order in which they went in.
#include <concurrentqueue/blockingconcurrentqueue.h>

#include <cassert>
#include <chrono>
#include <thread>

moodycamel::BlockingConcurrentQueue<int*> queue;
int values[2][2];

void produce(int producer) {
  for (int number = 0; number < 2; ++number) {
    values[producer][number] = 10 * producer + number;
    const bool queued = queue.enqueue(&values[producer][number]);
    assert(queued);
  }
}

int main() {
  std::thread first([] { produce(0); });
  std::thread second([] { produce(1); });
  std::thread consumer([] {
    int next[2] = {0, 0};
    for (int taken = 0; taken < 4; ++taken) {
      int* value = nullptr;
      if (taken != 1 || !queue.wait_dequeue_timed(value, std::chrono::milliseconds(1))) {
        queue.wait_dequeue(value);
      }
      assert(*value % 10 == next[*value / 10]);
      ++next[*value / 10];
    }
    assert(next[0] == 2 && next[1] == 2);
  });
  first.join();
  second.join();
  consumer.join();
  int* value = nullptr;
  assert(!queue.try_dequeue(value));
  return 0;
}
