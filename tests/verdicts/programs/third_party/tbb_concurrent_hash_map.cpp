// tbb::concurrent_hash_map: three threads insert, change, read and erase under accessors. An
// accessor locks its element: two increments are never lost, insert() of one key succeeds once, and
// so does erase().
//
// The memory is that of std::allocator, so all of the container is in its headers; TBB_ALLOCATOR
// leaves it to the library's own, which is not instrumented.
#include <oneapi/tbb/concurrent_hash_map.h>

#include <cassert>
#include <memory>
#include <thread>

#ifdef TBB_ALLOCATOR
using Map = tbb::concurrent_hash_map<int, int>;
#else
using Map = tbb::concurrent_hash_map<int, int, tbb::tbb_hash_compare<int>,
                                     std::allocator<std::pair<const int, int> > >;
#endif

Map map;

bool add(int key) {
  Map::accessor element;
  const bool inserted = map.insert(element, key);
  ++element->second;
  return inserted;
}

int main() {
  bool inserted[2] = {false, false};
  bool erased[2] = {false, false};
  std::thread first([&] {
    inserted[0] = add(1);
    add(2);
    erased[0] = map.erase(2);
  });
  std::thread second([&] {
    inserted[1] = add(1);
    erased[1] = map.erase(2);
  });
  std::thread reader([] {
    Map::const_accessor element;
    if (map.find(element, 1)) assert(element->second >= 0 && element->second <= 2);
    element.release();
    if (map.find(element, 2)) assert(element->second == 1);
  });
  first.join();
  second.join();
  reader.join();
  assert(inserted[0] != inserted[1]);
  assert(erased[0] != erased[1]);
  Map::const_accessor element;
  assert(map.find(element, 1) && element->second == 2);
  element.release();
  assert(!map.find(element, 2));
  assert(map.size() == 1);
  return 0;
}
