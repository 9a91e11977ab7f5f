// main alone takes more steps than a log of them keeps, and then there are two threads.
#include <mutex>
#include <thread>

volatile int table[1'000];
std::mutex mutex;
int sum = 0;

void add() {
  std::lock_guard<std::mutex> lock(mutex);
  ++sum;
}

int main(int argc, char**) {
  // More than the step limit too, if asked for.
  const int steps = argc > 1 ? 3'000'000 : 150'000;
  for (int i = 0; i < steps; ++i) table[i % 1'000] = i;
  std::thread other(add);
  add();
  other.join();
  return sum == 2 ? 0 : 1;
}
