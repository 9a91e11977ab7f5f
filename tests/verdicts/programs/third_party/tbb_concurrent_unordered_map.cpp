// tbb::concurrent_unordered_map: two threads insert, both the same key and keys of their own, and a
// third looks up and walks. insert() of one key succeeds once and leaves one value, a found element
// is whole, and a walk sees no key twice.
//
// The memory is that of std::allocator, so all of the container is in its headers; TBB_ALLOCATOR
// leaves it to the library's own, which is not instrumented.
#include <oneapi/tbb/concurrent_unordered_map.h>

#include <cassert>
#include <functional>
#include <memory>
#include <thread>

#ifdef TBB_ALLOCATOR
tbb::concurrent_unordered_map<int, int> map;
#else
tbb::concurrent_unordered_map<int, int, std::hash<int>, std::equal_to<>,
                              std::allocator<std::pair<const int, int> > >
    map;
#endif

int main() {
  bool inserted[2] = {false, false};
  std::thread first([&] {
    inserted[0] = map.insert({1, 100}).second;
    map.insert({2, 20});
  });
  std::thread second([&] {
    inserted[1] = map.insert({1, 101}).second;
    map.emplace(3, 30);
  });
  std::thread reader([] {
    const auto found = map.find(2);
    if (found != map.end()) assert(found->second == 20);
    int seen[4] = {};
    for (const auto& [key, value] : map) {
      ++seen[key];
      assert(value / 10 == (key == 1 ? 10 : key));
    }
    for (const int times : seen) assert(times <= 1);
  });
  first.join();
  second.join();
  reader.join();
  assert(inserted[0] != inserted[1]);
  assert(map.at(1) == (inserted[0] ? 100 : 101));
  assert(map.at(2) == 20 && map.at(3) == 30);
  assert(map.size() == 3);
  return 0;
}
