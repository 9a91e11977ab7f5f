// Each says that it is there and then waits, in naps, for the other to go: once both have said so,
// both nap for ever.
#include <atomic>
#include <chrono>
#include <thread>

static std::atomic<bool> there[2];

static void pass(int me) {
  there[me] = true;
  while (there[1 - me]) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  there[me] = false;
}

int main() {
  std::thread first(pass, 0);
  std::thread second(pass, 1);
  first.join();
  second.join();
}
