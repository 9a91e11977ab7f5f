// Correct: the gate opens for all who wait, and all of them are told.
#include <atomic>
#include <thread>

std::atomic<bool> open{false};

int main() {
  std::thread first([] { open.wait(false); });
  std::thread second([] { open.wait(false); });
  open = true;
  open.notify_all();
  first.join();
  second.join();
  return 0;
}
