// Bug: two threads wait for the gate and one is notified; the other is not told.
// Fails: if both wait in the kernel before the gate opens. Main is busy before it opens the gate,
//        so they often do.
#include <atomic>
#include <chrono>
#include <thread>

std::atomic<int> gate{0};

int main() {
  std::thread first([] { gate.wait(0); });
  std::thread second([] { gate.wait(0); });
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  gate.store(1);
  gate.notify_one();
  first.join();
  second.join();
  return 0;
}
