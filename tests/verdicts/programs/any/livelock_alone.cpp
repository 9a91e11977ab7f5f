// Bug: counts down again what it has counted up, and asks only in between.
// Fails: always. One thread runs, and writes, and is back where it was; the other waits for it.
#include <atomic>
#include <thread>

std::atomic<int> places{-1};

int main() {
  std::thread guest([] {
    while (places.fetch_add(1) < 0) places.fetch_sub(1);
  });
  guest.join();
  return 0;
}
