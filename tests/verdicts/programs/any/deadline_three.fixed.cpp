// Correct, as far as deadlines come in order: of three sleepers each looks for what those before it
// have left, whose reactions take several steps and a lock.
// Fails: with a late wake-up alone.
#include <cassert>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

std::mutex m;
std::vector<int> order;

void arrive(int number) {
  std::this_thread::sleep_for(std::chrono::milliseconds(100 * number));
  const std::lock_guard lock(m);
  assert(static_cast<int>(order.size()) == number - 1);
  order.push_back(number);
}

int main() {
  std::thread third(arrive, 3);
  std::thread first(arrive, 1);
  std::thread second(arrive, 2);
  first.join();
  second.join();
  third.join();
  assert(order.size() == 3);
  return 0;
}
