// Three threads that sleep for different times, and then wait for each other in loops: time goes on
// for who still sleeps, although others could run for ever.
#include <atomic>
#include <cassert>
#include <chrono>
#include <thread>

static std::atomic<int> here{0};

static void meet(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  ++here;
  while (here < 3) {
  }
}

int main() {
  std::thread first(meet, 1);
  std::thread second(meet, 1);
  std::thread third(meet, 2);
  first.join();
  second.join();
  third.join();
  assert(here == 3);
}
