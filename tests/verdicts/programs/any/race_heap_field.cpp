// Bug: an order is published, and then cancelled and placed again without a lock while another
//      thread looks at it. Where on the heap it lies depends on which thread comes first.
// Fails: whenever it is looked at: nothing orders that and the writes. The assertion fails if the
//        order is seen between the two.
#include <atomic>
#include <cassert>
#include <memory>
#include <thread>

struct Order {
  int number = 1;
  volatile bool placed = true;
};

std::atomic<Order*> published = nullptr;

int main() {
  std::thread clerk([] {
    auto* order = new Order;
    published.store(order);
    order->placed = false;
    order->placed = true;
  });
  std::thread customer([] {
    const auto own = std::make_unique<Order>();
    const Order* order = published.load();
    if (order != nullptr) assert(order->placed == own->placed);
  });
  clerk.join();
  customer.join();
  delete published.load();
  return 0;
}
