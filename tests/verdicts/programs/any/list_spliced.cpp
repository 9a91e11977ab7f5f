// A list gets the elements of another while it is gone through. The library links the nodes.
#include <cassert>
#include <list>
#include <thread>

std::list<int> all = {1, 2};
std::list<int> more = {3};

int main() {
  std::thread other([] { all.splice(all.begin(), more); });
  int sum = 0;
  for (const int value : all) sum += value;
  other.join();
  assert(sum == 3);
}
