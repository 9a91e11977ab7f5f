// Does:   Two threads raise a flag each and look at the other's; not both find none raised.
// Class:  memory_order, difficulty 3 of 5
//
// Correct: store_buffering.cpp with sequentially consistent stores and loads.
// Fails:   never.
// From:    see store_buffering.cpp.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> left_flag{0};
std::atomic<int> right_flag{0};
int seen_by_left = 0;
int seen_by_right = 0;

void go_left() {
  left_flag.store(1);
  seen_by_left = right_flag.load();
}

void go_right() {
  right_flag.store(1);
  seen_by_right = left_flag.load();
}

int main() {
  std::thread left(go_left);
  std::thread right(go_right);
  left.join();
  right.join();
  assert(seen_by_left == 1 || seen_by_right == 1);
  return 0;
}
