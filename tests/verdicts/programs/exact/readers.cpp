// One thread stores, N threads load: each load sees the store or does not, 2^N.
//
// Arguments: N [outcome]
#include <atomic>
#include <thread>
#include <vector>

#include "seen.h"

namespace {

std::atomic<int> value;

}  // namespace

int main(int argc, char** argv) {
  const int n = argument(argc, argv, 1);
  std::vector<Seen> seen(n);
  std::vector<std::thread> threads;
  threads.emplace_back([] { value.store(1); });
  for (int i = 0; i < n; ++i) threads.emplace_back([&seen, i] { seen[i].add(value.load()); });
  for (std::thread& thread : threads) thread.join();
  return status(argc, argv, seen);
}
