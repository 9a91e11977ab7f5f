// Correct: after a timeout the consumer takes nothing, and main then finds the item.
// Fails: never.
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable pushed;
int items = 0;

void consume(int* taken) {
  std::unique_lock<std::mutex> lock(mutex);
  if (!pushed.wait_for(lock, std::chrono::seconds(5), [] { return items > 0; })) return;
  --items;
  ++*taken;
}

int main() {
  int taken = 0;
  std::thread consumer(consume, &taken);
  {
    std::lock_guard<std::mutex> lock(mutex);
    ++items;
  }
  pushed.notify_one();
  consumer.join();
  assert(items + taken == 1);
  return 0;
}
