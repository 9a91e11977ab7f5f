// Does:   One thread looks at all orders and lets others in between; another adds an order.
// Class:  primitives, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the iterator is used again after the lock was given up, and by then the vector may have
//         moved its elements.
// Fails:  if the order is added while the reader is between two orders: it goes on in freed memory.
// From:   the rules of std::vector::push_back on iterators; a lock protects a vector, not the
//         places in it.
// Found:  stress the failed assertion, often; tsan as stress; fuzz the use after free; relacy the
//         failed assertion.
#include <cassert>
#include <mutex>
#include <thread>
#include <vector>

std::mutex mutex;
std::vector<int> orders = {1, 2};

void look_at_all() {
  std::unique_lock<std::mutex> lock(mutex);
  for (auto order = orders.begin(); order != orders.end(); ++order) {
    assert(*order > 0);
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
