// Bug: main takes the detached thread's start for its end, and leaves.
// Fails: if main counts before the thread has: the process ends with status 1, and the work undone.
#include <atomic>
#include <thread>

std::atomic<bool> started{false};
std::atomic<int> saved{0};

int main() {
  std::thread([] {
    started = true;
    saved = 1;
  }).detach();
  while (!started) std::this_thread::yield();
  return saved == 1 ? 0 : 1;
}
