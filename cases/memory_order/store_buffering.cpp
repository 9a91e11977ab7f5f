// Does:   Two threads raise a flag each and look at the other's; not both find none raised.
// Class:  memory_order, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    a release store and an acquire load of different flags may change places.
// Fails:  if both loads are done before either store is seen. No interleaving does that; processors
//         with store buffers do, x86-64 too.
// From:   the litmus test "store buffering" (SB); P. Sewell and others, "x86-TSO: A Rigorous and
//         Usable Programmer's Model for x86 Multiprocessors" (CACM 2010).
// Found:  stress nothing; tsan nothing; fuzz nothing, for it runs sequentially consistent orders
//         only; relacy the failed assertion.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> left_flag{0};
std::atomic<int> right_flag{0};
int seen_by_left = 0;
int seen_by_right = 0;

void go_left() {
  left_flag.store(1, std::memory_order_release);
  seen_by_left = right_flag.load(std::memory_order_acquire);
}

void go_right() {
  right_flag.store(1, std::memory_order_release);
  seen_by_right = left_flag.load(std::memory_order_acquire);
}

int main() {
  std::thread left(go_left);
  std::thread right(go_right);
  left.join();
  right.join();
  assert(seen_by_left == 1 || seen_by_right == 1);
  return 0;
}
