// Bug: an addition of zero orders what comes before it only if the other's comes first.
// Fails: if main makes its addition before the writer.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> order{0};
int x = 0;

int main() {
  std::thread writer([] {
    x = 1;
    order.fetch_add(0, std::memory_order_acq_rel);
  });
  order.fetch_add(0, std::memory_order_acq_rel);
  const int seen = x;
  writer.join();
  assert(seen == 0 || seen == 1);
  return 0;
}
