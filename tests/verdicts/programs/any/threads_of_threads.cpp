// Bug: takes for granted that who finds the work done also finds it begun.
// Fails: if the second thread and its own are through before the first has begun. Each makes a
//        thread of its own, and which of these is the third of the program hangs on the order.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> done{0};
std::atomic<bool> begun{false};

void begin() {
  begun = true;
  std::thread own([] { done = 1; });
  done.load();
  own.join();
}

void look() {
  std::thread own([] { done.exchange(1); });
  const bool found = done == 1;
  own.join();
  assert(!found || begun);
}

int main() {
  std::thread first(begin);
  std::thread second(look);
  first.join();
  second.join();
  return 0;
}
