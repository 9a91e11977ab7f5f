// Thread t of N, for i = 0 to 3, puts 11 * i + t into a table of 128 zeros, at slot 7 * w mod 128
// and on by linear probing. Up to eleven threads never meet. From "Dynamic Partial-Order Reduction
// for Model Checking Software" (Flanagan and Godefroid, POPL 2005).
//
// Arguments: N [outcome]
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "seen.h"

namespace {

constexpr int kSize = 128;
constexpr int kValues = 4;
std::array<std::atomic<int>, kSize> table;

void insert_all(int t, Seen& seen) {
  for (int i = 0; i < kValues; ++i) {
    const int w = 11 * i + t;
    int slot = w * 7 % kSize;
    int empty = 0;
    while (!table[slot].compare_exchange_strong(empty, w)) {
      slot = (slot + 1) % kSize;
      empty = 0;
    }
    seen.add(slot);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int n = argument(argc, argv, 1);
  std::vector<Seen> seen(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) threads.emplace_back([&seen, i] { insert_all(i + 1, seen[i]); });
  for (std::thread& thread : threads) thread.join();
  return status(argc, argv, seen);
}
