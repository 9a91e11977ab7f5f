// N threads add one to the first of K atomics, then to the second, and so on. Every order of the
// additions to one atomic is an interleaving of its own: (N!)^K.
//
// Arguments: N K [outcome]
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "seen.h"

namespace {

std::array<std::atomic<int>, 8> counters;

}  // namespace

int main(int argc, char** argv) {
  const int n = argument(argc, argv, 1);
  const int atomics = argument(argc, argv, 2);
  std::vector<Seen> seen(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&seen, i, atomics] {
      for (int k = 0; k < atomics; ++k) seen[i].add(counters[k].fetch_add(1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  return status(argc, argv, seen);
}
