// N threads lock, increment, unlock: N! orders of the locks.
//
// Arguments: N [outcome]
#include <mutex>
#include <thread>
#include <vector>

#include "seen.h"

namespace {

std::mutex mutex;
int counter = 0;

}  // namespace

int main(int argc, char** argv) {
  const int n = argument(argc, argv, 1);
  std::vector<Seen> seen(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&seen, i] {
      const std::lock_guard lock(mutex);
      seen[i].add(counter++);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return counter == n ? status(argc, argv, seen) : 255;
}
