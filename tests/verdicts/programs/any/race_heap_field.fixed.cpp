// Correct: the published order holds a mutex, under which it is cancelled, placed again and looked
//          at. Where on the heap it lies depends on which thread comes first.
// Fails: never.
#include <atomic>
#include <cassert>
#include <memory>
#include <mutex>
#include <thread>

struct Order {
  std::mutex mutex;
  int number = 1;
  volatile bool placed = true;
};

std::atomic<Order*> published = nullptr;

int main() {
  std::thread clerk([] {
    auto* order = new Order;
    published.store(order);
    const std::lock_guard lock(order->mutex);
    order->placed = false;
    order->placed = true;
  });
  std::thread customer([] {
    const auto own = std::make_unique<Order>();
    Order* order = published.load();
    if (order == nullptr) return;
    const std::lock_guard lock(order->mutex);
    assert(order->placed == own->placed);
  });
  clerk.join();
  customer.join();
  delete published.load();
  return 0;
}
