// Correct: two additions of zero to one atomic are ordered, the later acquires what the earlier has
//          released; and main makes its own only when it knows that the other has been.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> order{0};
std::atomic<bool> done{false};
int x = 0;

int main() {
  std::thread writer([] {
    x = 1;
    order.fetch_add(0, std::memory_order_acq_rel);
    done.store(true, std::memory_order_relaxed);
  });
  if (done.load(std::memory_order_relaxed)) {
    order.fetch_add(0, std::memory_order_acq_rel);
    assert(x == 1);
  }
  writer.join();
  return 0;
}
