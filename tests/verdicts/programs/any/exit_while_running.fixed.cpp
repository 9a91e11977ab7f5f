// Correct: main returns while a detached thread still runs, which ends it wherever it is. The
//          thread uses nothing that is destroyed then.
// Fails: never.
#include <atomic>
#include <thread>

std::atomic<bool> saved{false};
std::atomic<unsigned> idle{0};

int main() {
  std::thread([] {
    saved = true;
    for (int i = 0; i < 3; ++i) {
      ++idle;
      std::this_thread::yield();
    }
  }).detach();
  while (!saved) std::this_thread::yield();
  return saved ? 0 : 1;
}
