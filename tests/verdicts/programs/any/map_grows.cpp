// A map is gone through while it grows. The library keeps the tree in balance.
#include <cassert>
#include <map>
#include <thread>

std::map<int, int> prices;

int main() {
  std::thread other([] {
    prices.emplace(1, 1);
    prices.emplace(2, 2);
  });
  int sum = 0;
  for (const auto& [key, value] : prices) sum += value;
  other.join();
  assert(sum != 1);
}
