// Correct: fetch_add() gives each worker a number of its own; main waits for both results before it
//          joins.
// Fails: never.
#include <atomic>
#include <cassert>
#include <future>
#include <thread>

std::packaged_task<int()> tasks[2];
std::atomic<int> next{0};

void work() {
  tasks[next.fetch_add(1)]();
}

int main() {
  tasks[0] = std::packaged_task<int()>([] { return 1; });
  tasks[1] = std::packaged_task<int()>([] { return 2; });
  std::future<int> one = tasks[0].get_future();
  std::future<int> two = tasks[1].get_future();
  std::thread first(work);
  std::thread second(work);
  assert(two.get() == 2);
  assert(one.get() == 1);
  first.join();
  second.join();
  return 0;
}
