// N threads: the first takes an atomic from 0 to 1 by compare-exchange, the second from 1 to 2, and
// so on. Which of them succeed, and before which of those each of the others fails, makes an
// interleaving.
//
// Arguments: N [outcome]
#include <atomic>
#include <thread>
#include <vector>

#include "seen.h"

namespace {

std::atomic<int> stage;

}  // namespace

int main(int argc, char** argv) {
  const int n = argument(argc, argv, 1);
  std::vector<Seen> seen(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&seen, i] {
      int expected = i;
      seen[i].add(stage.compare_exchange_strong(expected, i + 1) ? 1 : 0);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return status(argc, argv, seen);
}
