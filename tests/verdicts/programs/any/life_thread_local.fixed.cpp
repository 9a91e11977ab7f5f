// Correct: the thread whose variable it is waits until nobody reads it any more.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

thread_local int own = 0;
std::atomic<int*> shown{nullptr};
std::atomic<bool> finished{false};

int main() {
  std::thread owner([] {
    own = 1;
    shown.store(&own);
    while (!finished.load()) {
    }
  });
  std::thread reader([] {
    const int* seen = shown.load();
    if (seen != nullptr) assert(*seen == 1);
    finished.store(true);
  });
  reader.join();
  owner.join();
  return 0;
}
