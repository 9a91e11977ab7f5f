// Correct: all who wait are notified, and who comes later finds the gate open. What was written
//          before the gate opened is seen by who passes it.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> gate{0};
int prize = 0;

void pass() {
  gate.wait(0);
  assert(prize == 42);
}

int main() {
  std::thread first(pass);
  std::thread second(pass);
  prize = 42;
  gate.store(1);
  gate.notify_all();
  first.join();
  second.join();
  return 0;
}
