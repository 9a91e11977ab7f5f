// Two threads that increment a plain counter 25 000 times each: 100 000 accesses, all of which
// race.
#include <thread>

volatile int counter = 0;

int main() {
  const auto count = [] {
    for (int i = 0; i < 25'000; ++i) counter = counter + 1;
  };
  std::thread first(count);
  std::thread second(count);
  first.join();
  second.join();
  return 0;
}
