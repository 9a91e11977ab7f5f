// Correct: more blocks are freed than an engine can keep in mind, one after the other.
#include <memory>
#include <mutex>
#include <thread>

std::mutex lock;
int total = 0;

int main() {
  std::thread other([] {
    const std::unique_ptr<char[]> large(new char[100 << 20]);
    large[5] = 1;
    const std::lock_guard<std::mutex> guard(lock);
    total += large[5];
  });
  {
    const std::lock_guard<std::mutex> guard(lock);
    ++total;
  }
  other.join();
  for (int i = 0; i < 120'000; ++i) {
    const std::unique_ptr<int[]> small(new int[100]);
    small[3] = i;
    total += small[3] & 1;
  }
  return 0;
}
