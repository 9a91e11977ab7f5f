// Correct: the exchange finds the place free and takes it in one step.
// Fails: never.
#include <atomic>
#include <cstdlib>
#include <thread>

std::atomic<int> inside{0};

void enter() {
  int nobody = 0;
  while (!inside.compare_exchange_weak(nobody, 1)) {
    nobody = 0;
    std::this_thread::yield();
  }
  if (inside.load() != 1) std::abort();
  inside = 0;
}

int main() {
  std::thread first(enter);
  std::thread second(enter);
  first.join();
  second.join();
  return 0;
}
