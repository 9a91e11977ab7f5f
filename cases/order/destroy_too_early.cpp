// Does:   A worker fills in an order and reports it; main frees the order when it is reported.
// Class:  order, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the worker still uses the order after it has reported it, and by then it may be free.
// Fails:  if main frees the order between the worker's report and its last write.
// From:   the order violations of "Learning from Mistakes" (ASPLOS 2008), about a third of its
//         non-deadlock bugs.
// Found:  stress nothing, for the freed memory is still there; tsan and fuzz the use after free, or
//         the race that leads to it; relacy nothing: it does not see that memory is freed.
#include <atomic>
#include <cassert>
#include <thread>

struct Order {
  int price = 0;
  bool logged = false;
};

std::atomic<bool> reported{false};

void fill_in(Order* order) {
  order->price = 42;
  reported = true;
  order->logged = true;
}

int main() {
  auto* order = new Order;
  std::thread worker(fill_in, order);
  while (!reported) {
    std::this_thread::yield();
  }
  assert(order->price == 42);
  delete order;
  worker.join();
  return 0;
}
