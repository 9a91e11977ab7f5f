// Correct: what the first thread publishes, another passes on by an update, whatever its order.
// Fails: never.
#include <atomic>
#include <thread>

int data = 0;
std::atomic<int> stage{0};

int main() {
  std::thread writer([] {
    data = 1;
    stage.store(1, std::memory_order_release);
  });
  std::thread between([] {
    int expected = 1;
    stage.compare_exchange_strong(expected, 2, std::memory_order_relaxed);
  });
  std::thread reader([] {
    if (stage.load(std::memory_order_acquire) == 2) data = 2;
  });
  writer.join();
  between.join();
  reader.join();
  return 0;
}
