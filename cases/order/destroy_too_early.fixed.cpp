// Does:   A worker fills in an order and reports it; main frees the order when it is reported.
// Class:  order, difficulty 2 of 5
//
// Correct: destroy_too_early.cpp with the report as the worker's last access.
// Fails:   never.
// From:    see destroy_too_early.cpp.
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
  order->logged = true;
  reported = true;
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
