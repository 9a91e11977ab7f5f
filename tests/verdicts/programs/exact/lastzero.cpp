// Thread i of N sets a[i] = a[i - 1] + 1; one more scans down from a[N] to the first zero:
// (N + 3) * 2^(N - 2) interleavings. From "Optimal Dynamic Partial Order Reduction" (Abdulla and
// others, POPL 2014).
//
// Arguments: N [outcome]
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "seen.h"

namespace {

std::array<std::atomic<int>, 32> a;

}  // namespace

int main(int argc, char** argv) {
  const int n = argument(argc, argv, 1);
  std::vector<Seen> seen(n + 1);
  std::vector<std::thread> threads;
  threads.emplace_back([&seen, n] {
    int i = n;
    while (a[i].load() != 0) --i;
    seen[0].add(i);
  });
  for (int i = 1; i <= n; ++i) {
    threads.emplace_back([&seen, i] {
      const int before = a[i - 1].load();
      seen[i].add(before);
      a[i].store(before + 1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return status(argc, argv, seen);
}
