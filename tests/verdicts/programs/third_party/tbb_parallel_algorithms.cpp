// Parallel algorithms of the standard library: libstdc++'s are made by TBB, whose threads outlive
// main.
#include <algorithm>
#include <atomic>
#include <cassert>
#include <execution>
#include <numeric>
#include <vector>

int main() {
  std::vector<int> values(1'000);
  std::iota(values.begin(), values.end(), 0);
  std::atomic<int> doubled{0};
  std::for_each(std::execution::par, values.begin(), values.end(), [&](int& value) {
    value *= 2;
    ++doubled;
  });
  assert(doubled == 1'000);
  assert(std::reduce(std::execution::par, values.begin(), values.end(), 0) == 999'000);
}
