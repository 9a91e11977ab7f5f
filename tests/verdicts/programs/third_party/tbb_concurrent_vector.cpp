// tbb::concurrent_vector: two threads append (push_back and grow_by) while a third walks over what
// is there. No element is lost or overwritten, elements never move, and an element that is in the
// range of a reader who was told of it is constructed. SIZE also asks that size() counts it.
//
// The memory is that of std::allocator, so all of the container is in its headers; TBB_ALLOCATOR
// leaves it to the library's own, which is not instrumented.
#include <oneapi/tbb/concurrent_vector.h>

#include <atomic>
#include <cassert>
#include <memory>
#include <thread>

#ifdef TBB_ALLOCATOR
tbb::concurrent_vector<int> numbers;
#else
tbb::concurrent_vector<int, std::allocator<int> > numbers;
#endif
std::atomic<const int*> told{nullptr};

int main() {
  std::thread first([] {
    const auto place = numbers.push_back(1);
    told.store(&*place, std::memory_order_release);
    numbers.push_back(2);
  });
  std::thread second([] {
    const auto place = numbers.grow_by(2, 10);
    assert(*place == 10 && *(place + 1) == 10);
  });
  std::thread reader([] {
    const int* place = told.load(std::memory_order_acquire);
    if (place != nullptr) {
      assert(*place == 1);
#ifdef SIZE
      assert(numbers.size() >= 1);
#endif
    }
  });
  first.join();
  second.join();
  reader.join();
  assert(numbers.size() == 4);
  assert(*told.load() == 1);
  int ones = 0;
  int twos = 0;
  int tens = 0;
  bool still_there = false;
  for (const int& number : numbers) {
    ones += number == 1 ? 1 : 0;
    twos += number == 2 ? 1 : 0;
    tens += number == 10 ? 1 : 0;
    still_there |= &number == told.load();
  }
  assert(ones == 1 && twos == 1 && tens == 2);
  assert(still_there);
  return 0;
}
