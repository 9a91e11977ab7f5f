// Bug: the gate opens for all who wait, and only one of them is told.
// Fails: if both sleep by then. Each looks some twenty times, and yields, before it does.
#include <atomic>
#include <thread>

std::atomic<bool> open{false};

int main() {
  std::thread first([] { open.wait(false); });
  std::thread second([] { open.wait(false); });
  open = true;
  open.notify_one();
  first.join();
  second.join();
  return 0;
}
