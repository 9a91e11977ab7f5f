// Bug: the number of samples is looked at, and then loaded again to divide by it.
// Fails: if the other thread resets it between the two: SIGFPE.
#include <atomic>
#include <thread>

std::atomic<int> total{42};
std::atomic<int> samples{2};
std::atomic<int> mean{0};

int main() {
  std::thread reporter([] {
    if (samples != 0) mean = total / samples;
  });
  std::thread resetter([] { samples = 0; });
  reporter.join();
  resetter.join();
  return 0;
}
