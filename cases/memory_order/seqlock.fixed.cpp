// Does:   A writer replaces a pair of numbers; a reader tries again if they changed as it read.
// Class:  memory_order, difficulty 4 of 5
//
// Correct: seqlock.cpp with relaxed atomic numbers, and fences.
// Fails:   never.
// From:    see seqlock.cpp.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<unsigned> sequence{0};  // odd while the writer writes
std::atomic<int> x{0};
std::atomic<int> y{0};

void write(int value) {
  sequence.store(1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  x.store(value, std::memory_order_relaxed);
  y.store(value, std::memory_order_relaxed);
  sequence.store(2, std::memory_order_release);
}

void read() {
  unsigned before = 0;
  unsigned after = 0;
  int seen_x = 0;
  int seen_y = 0;
  do {
    before = sequence.load(std::memory_order_acquire);
    seen_x = x.load(std::memory_order_relaxed);
    seen_y = y.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    after = sequence.load(std::memory_order_relaxed);
  } while (before % 2 != 0 || before != after);
  assert(seen_x == seen_y);
}

int main() {
  std::thread writer(write, 7);
  std::thread reader(read);
  writer.join();
  reader.join();
  return 0;
}
