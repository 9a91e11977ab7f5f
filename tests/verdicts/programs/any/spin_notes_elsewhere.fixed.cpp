// Correct: as spin_notes_elsewhere.cpp, but that the other thread begins when main has had the
// lock. Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> held{0};

int main() {
  bool was_busy = false;
  while (held.exchange(1) != 0) {
  }
  held.store(0);
  std::thread other([&was_busy] {
    while (held.exchange(1) != 0) was_busy = true;
    held.store(0);
  });
  other.join();
  assert(!was_busy);
  return 0;
}
