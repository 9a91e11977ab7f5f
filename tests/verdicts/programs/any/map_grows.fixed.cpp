// Correct: a map is gone through while it grows, under a mutex.
// Fails: never.
#include <cassert>
#include <map>
#include <mutex>
#include <thread>

std::map<int, int> prices;
std::mutex mutex;

int main() {
  std::thread other([] {
    const std::lock_guard<std::mutex> lock(mutex);
    prices.emplace(1, 1);
    prices.emplace(2, 2);
  });
  mutex.lock();
  int sum = 0;
  for (const auto& [key, value] : prices) sum += value;
  mutex.unlock();
  other.join();
  assert(sum != 1);
}
