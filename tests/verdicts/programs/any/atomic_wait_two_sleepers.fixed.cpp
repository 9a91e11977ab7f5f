// Correct: the gate opens for all who wait, and all of them are told.
#include <atomic>
#include <thread>

std::atomic<int> open{0};

int main() {
  std::thread first([] { open.wait(0); });
  std::thread second([] { open.wait(0); });
  open = 1;
  open.notify_all();
  first.join();
  second.join();
  return 0;
}
