// Bug: the consumer throws if the queue is empty, and nothing in its thread catches that.
// Fails: if the consumer comes before the producer.
#include <mutex>
#include <stdexcept>
#include <thread>

std::mutex mutex;
int items = 0;

void take() {
  std::lock_guard<std::mutex> lock(mutex);
  if (items == 0) throw std::runtime_error("the queue is empty");
  --items;
}

int main() {
  std::thread producer([] {
    std::lock_guard<std::mutex> lock(mutex);
    ++items;
  });
  std::thread consumer(take);
  producer.join();
  consumer.join();
  return 0;
}
