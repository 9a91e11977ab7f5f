// Bug: the number of the next task is read and counted up in two steps, so two workers may take the
//      same task; a packaged task may be run once.
// Fails: if both read before either counts up: std::future_error, which nobody catches.
#include <atomic>
#include <future>
#include <thread>

std::packaged_task<int()> tasks[2];
std::atomic<int> next{0};

void work() {
  const int number = next;
  next = number + 1;
  tasks[number]();
}

int main() {
  tasks[0] = std::packaged_task<int()>([] { return 1; });
  tasks[1] = std::packaged_task<int()>([] { return 2; });
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  return 0;
}
