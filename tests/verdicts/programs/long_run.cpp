// Two threads update a counter by a load and a store, and between their updates work long on
// counters of their own: a failing run takes a thousand decisions and more, of which one matters.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> counter{0};
std::atomic<int> work[2];

void run(int thread) {
  counter.store(counter.load() + 1);
  for (int i = 0; i < 600; ++i) work[thread].fetch_add(1);
  counter.store(counter.load() + 1);
}

int main() {
  std::thread first(run, 0);
  std::thread second(run, 1);
  first.join();
  second.join();
  assert(counter.load() == 4);
  return 0;
}
