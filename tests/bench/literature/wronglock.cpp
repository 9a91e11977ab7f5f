// Threads update a value under a lock, but one of them takes another lock than the rest.
// Fails: when an update of the rest falls between that thread's update and its look at the result.
// From:  Thomson, Donaldson, Betts, "Concurrency Testing Using Controlled Schedulers: An Empirical
//        Study", ACM TOPC 2 (2016), program CS.wronglock.
// Usage: wronglock THREADS
#include <cassert>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

std::mutex its_mutex;
std::mutex wrong_mutex;
volatile int value = 0;  // or the compiler would take the assertion for true

void update_and_check() {
  std::lock_guard<std::mutex> lock(its_mutex);
  int before = value;
  value = value + 1;
  assert(value == before + 1);
}

void update() {
  std::lock_guard<std::mutex> lock(wrong_mutex);
  value = value + 1;
}

int main(int argc, char** argv) {
  int updaters = argc > 1 ? std::atoi(argv[1]) : 7;
  std::vector<std::thread> threads;
  threads.emplace_back(update_and_check);
  for (int i = 0; i < updaters; ++i) threads.emplace_back(update);
  for (std::thread& thread : threads) thread.join();
  return 0;
}
