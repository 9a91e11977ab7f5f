// Does:   Two values are written by two threads; two observers agree which came first.
// Class:  memory_order, difficulty 5 of 5
//
// Correct: two_observers.cpp with sequentially consistent operations.
// Fails:   never.
// From:    see two_observers.cpp.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> x{0};
std::atomic<int> y{0};
int first_saw_x_only = 0;
int second_saw_y_only = 0;
constexpr auto kStore = std::memory_order_seq_cst;
constexpr auto kLoad = std::memory_order_seq_cst;

void write_x() {
  x.store(1, kStore);
}

void write_y() {
  y.store(1, kStore);
}

void observe_x_then_y() {
  int seen_x = x.load(kLoad);
  int seen_y = y.load(kLoad);
  first_saw_x_only = seen_x == 1 && seen_y == 0;
}

void observe_y_then_x() {
  int seen_y = y.load(kLoad);
  int seen_x = x.load(kLoad);
  second_saw_y_only = seen_y == 1 && seen_x == 0;
}

int main() {
  std::thread threads[] = {std::thread(write_x), std::thread(write_y),
                           std::thread(observe_x_then_y), std::thread(observe_y_then_x)};
  for (std::thread& thread : threads) {
    thread.join();
  }
  assert(!first_saw_x_only || !second_saw_y_only);
  return 0;
}
