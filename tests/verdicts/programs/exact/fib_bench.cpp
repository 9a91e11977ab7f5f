// Two threads add each other's numbers, R times each; a third looks at the two. With five rounds
// the largest number that can come of it is 144. From the benchmarks of SV-COMP, fib_bench.
//
// Arguments: R [outcome]
#include <array>
#include <atomic>
#include <thread>

#include "seen.h"

namespace {

constexpr int kLargest = 144;
std::atomic<int> x{1};
std::atomic<int> y{1};

void add(std::atomic<int>& to, std::atomic<int>& other, int rounds, Seen& seen) {
  for (int i = 0; i < rounds; ++i) {
    const int mine = to.load();
    const int theirs = other.load();
    seen.add(theirs);
    to.store(mine + theirs);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argument(argc, argv, 1);
  std::array<Seen, 3> seen;
  bool too_large = false;
  std::thread first([&] { add(x, y, rounds, seen[0]); });
  std::thread second([&] { add(y, x, rounds, seen[1]); });
  std::thread third([&] {
    const int a = x.load();
    seen[2].add(a);
    too_large = a > kLargest;
    if (too_large) return;
    const int b = y.load();
    seen[2].add(b);
    too_large = b > kLargest;
  });
  first.join();
  second.join();
  third.join();
  return too_large ? 255 : status(argc, argv, seen);
}
