// What is looked for is what the first thread's own has done.
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
  std::thread own([] { done.load(); });
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
