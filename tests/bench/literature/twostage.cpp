// An update in two stages, each under a lock of its own; readers assert to see both or neither.
// Fails: when a reader comes between the stages of the first updater.
// From:  Thomson, Donaldson, Betts, "Concurrency Testing Using Controlled Schedulers: An Empirical
//        Study", ACM TOPC 2 (2016), program CS.twostage.
// Usage: twostage UPDATERS READERS
#include <cassert>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

std::mutex first_mutex;
std::mutex second_mutex;
int first = 0;   // guarded by first_mutex
int second = 0;  // guarded by second_mutex

void update() {
  int stage;
  {
    std::lock_guard<std::mutex> lock(first_mutex);
    first = 1;
    stage = first;
  }
  std::lock_guard<std::mutex> lock(second_mutex);
  second = stage + 1;
}

void read() {
  int stage;
  {
    std::lock_guard<std::mutex> lock(first_mutex);
    if (first == 0) return;
    stage = first;
  }
  std::lock_guard<std::mutex> lock(second_mutex);
  assert(second == stage + 1);
}

int main(int argc, char** argv) {
  int updaters = argc > 1 ? std::atoi(argv[1]) : 1;
  int readers = argc > 2 ? std::atoi(argv[2]) : 1;
  std::vector<std::thread> threads;
  for (int i = 0; i < updaters; ++i) threads.emplace_back(update);
  for (int i = 0; i < readers; ++i) threads.emplace_back(read);
  for (std::thread& thread : threads) thread.join();
  return 0;
}
