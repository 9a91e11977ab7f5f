// Bug: what wait_for() returns is not looked at; after a timeout the queue is still empty.
// Fails: if the time is over before the producer has pushed.
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable pushed;
int items = 0;

void consume() {
  std::unique_lock<std::mutex> lock(mutex);
  pushed.wait_for(lock, std::chrono::seconds(5), [] { return items > 0; });
  --items;
  assert(items >= 0);
}

int main() {
  std::thread consumer(consume);
  {
    std::lock_guard<std::mutex> lock(mutex);
    ++items;
  }
  pushed.notify_one();
  consumer.join();
  return 0;
}
