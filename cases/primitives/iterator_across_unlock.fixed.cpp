// Does:   One thread looks at all orders and lets others in between; another adds an order.
// Class:  primitives, difficulty 3 of 5
//
// Correct: iterator_across_unlock.cpp with an index, which stays valid.
// Fails:   never.
// From:    see iterator_across_unlock.cpp.
#include <cassert>
#include <mutex>
#include <thread>
#include <vector>

std::mutex mutex;
std::vector<int> orders = {1, 2};

void look_at_all() {
  std::unique_lock<std::mutex> lock(mutex);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    assert(orders[i] > 0);
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
  }
}

void add() {
  std::lock_guard<std::mutex> lock(mutex);
  orders.push_back(3);
}

int main() {
  std::thread reader(look_at_all);
  std::thread writer(add);
  reader.join();
  writer.join();
  return 0;
}
