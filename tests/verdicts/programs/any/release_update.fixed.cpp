// Correct: each update that releases publishes what its thread has written before.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

int first_data = 0;
int second_data = 0;
std::atomic<int> added{0};
std::atomic<int> exchanged{0};

int main() {
  std::thread writer([] {
    first_data = 1;
    added.fetch_add(1, std::memory_order_release);
    second_data = 1;
    int expected = 0;
    exchanged.compare_exchange_strong(expected, 1, std::memory_order_release,
                                      std::memory_order_relaxed);
  });
  std::thread reader([] {
    if (added.load(std::memory_order_acquire) == 1) assert(first_data == 1);
    if (exchanged.load(std::memory_order_acquire) == 1) assert(second_data == 1);
  });
  writer.join();
  reader.join();
  return 0;
}
