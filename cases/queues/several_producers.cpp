// Does:   Two producers put an item each into a ring; a consumer reads as many as there are.
// Class:  queues, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    a producer takes its place by raising the count, and fills it afterwards. The count tells
//         the consumer of a place that is still empty.
// Fails:  if the consumer comes between a producer's two steps.
// From:   the reservation and the publication of a place are two events: lock-free rings with
//         several producers have a mark for each place.
// Found:  stress the failed assertion, seldom; tsan as stress; fuzz the failed assertion; relacy
//         the failed assertion.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> places[2];
std::atomic<int> count{0};

void produce(int item) {
  int place = count.fetch_add(1);
  places[place] = item;
}

void consume() {
  int seen = count;
  for (int place = 0; place < seen; ++place) {
    int item = places[place];
    assert(item != 0);
  }
}

int main() {
  std::thread first(produce, 7);
  std::thread second(produce, 8);
  std::thread consumer(consume);
  first.join();
  second.join();
  consumer.join();
  assert(places[0] + places[1] == 15);
  return 0;
}
