// A thread that a constructor of a global object starts, and main joins.
#include <atomic>
#include <thread>

std::atomic<int> made{0};

struct Maker {
  std::thread thread{[] { made = 1; }};
};

Maker maker;

int main() {
  std::thread other([] { made = 2; });
  made = 3;
  other.join();
  maker.thread.join();
  return 0;
}
