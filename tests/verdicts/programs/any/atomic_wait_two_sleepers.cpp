// Bug: the gate opens for all who wait, and only one of them is told.
// Fails: if both sleep by then. Each looks some twenty times, and yields, before it does.
#include <atomic>
#include <thread>

std::atomic<int> open{0};

int main() {
  std::thread first([] { open.wait(0); });
  std::thread second([] { open.wait(0); });
  open = 1;
  open.notify_one();
  first.join();
  second.join();
  return 0;
}
