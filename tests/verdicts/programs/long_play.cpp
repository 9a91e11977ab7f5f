// Two threads that take 20 000 steps, most of them with nothing to do with each other: long enough
// to be watched for livelocks, and passes.
#include <atomic>
#include <cassert>
#include <mutex>
#include <thread>

constexpr int kRounds = 2'000;

std::atomic<int> started{0};
std::mutex mutex;
int guarded = 0;

void work() {
  for (int i = 0; i < kRounds; ++i) {
    started.fetch_add(1);
    std::lock_guard<std::mutex> lock(mutex);
    ++guarded;
  }
}

int main() {
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  assert(guarded == 2 * kRounds && started.load() == 2 * kRounds);
  return 0;
}
