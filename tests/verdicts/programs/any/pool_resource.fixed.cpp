// Each pool has a key for what a thread has of it; the C++ library makes it, and deletes it with
// the pool.
#include <memory_resource>
#include <thread>
#include <vector>

int main() {
  std::pmr::synchronized_pool_resource one, two;
  std::thread other([&] {
    std::pmr::vector<int> numbers({1, 2, 3}, &two);
    void* const block = one.allocate(8);
    one.deallocate(block, 8);
  });
  { std::pmr::vector<int> numbers({4, 5}, &one); }
  other.join();
}
