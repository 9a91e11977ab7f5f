// boost::lockfree::spsc_queue with room for two: a producer that gives up when it is full, and a
// consumer. What comes out is what went in, in that order, and what was written before push() is
// seen after pop(). RUNTIME sizes the queue at run time.
#include <boost/lockfree/spsc_queue.hpp>
#include <cassert>
#include <thread>
#include <vector>

struct Payload {
  int number = -1;
  int square = -1;
};

#ifdef RUNTIME
boost::lockfree::spsc_queue<Payload*> queue(2);
#else
boost::lockfree::spsc_queue<Payload*, boost::lockfree::capacity<2> > queue;
#endif
Payload payloads[4];

int main() {
  std::vector<int> pushed;
  std::vector<int> popped;
  std::thread producer([&] {
    for (int number = 0; number < 4; ++number) {
      payloads[number].number = number;
      payloads[number].square = number * number;
      if (queue.push(&payloads[number])) pushed.push_back(number);
    }
  });
  const auto take = [&] {
    Payload* payload = nullptr;
    if (!queue.pop(payload)) return false;
    assert(payload->square == payload->number * payload->number);
    popped.push_back(payload->number);
    return true;
  };
  std::thread consumer([&] {
    for (int i = 0; i < 4; ++i) take();
  });
  producer.join();
  consumer.join();
  while (take()) {
  }
  assert(pushed.size() >= 2);  // it was empty
  assert(popped == pushed);
  assert(queue.read_available() == 0);
  return 0;
}
