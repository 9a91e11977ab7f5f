// Does:   Two producers put an item each into a ring; a consumer reads as many as there are.
// Class:  queues, difficulty 3 of 5
//
// Correct: several_producers.cpp with a mark in the place itself.
// Fails:   never.
// From:    see several_producers.cpp.
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
    int item = 0;
    while ((item = places[place]) == 0) {
      std::this_thread::yield();
    }
    assert(item == 7 || item == 8);
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
