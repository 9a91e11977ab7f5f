// Correct: std::jthread joins in its destructor, whichever way main returns.
// Fails: never.
#include <atomic>
#include <thread>

std::atomic<bool> finished{false};

int main() {
  std::jthread worker([] { finished = true; });
  if (finished) return 0;
  std::this_thread::yield();
  return 0;
}
