// Wrong: what the first thread publishes, another overwrites by a store, and by that the reader
// learns nothing of the data.
// Fails: data race on data.
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
    if (stage.load(std::memory_order_relaxed) == 1) stage.store(2, std::memory_order_relaxed);
  });
  std::thread reader([] {
    if (stage.load(std::memory_order_acquire) == 2) data = 2;
  });
  writer.join();
  between.join();
  reader.join();
  return 0;
}
