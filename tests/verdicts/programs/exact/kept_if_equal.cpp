// A compare-exchange that stores what it expects: whether it does, and so releases, hangs on which
// of the others' stores was the last. Argument: the order in which the threads are made.
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

std::atomic<int> place{0};
int data = 0;

void one() {
  place.store(1);
}
void two() {
  place.store(2);
}
void keep() {
  int expected = 1;
  place.compare_exchange_strong(expected, 1);
}
void look() {
  data = place.load();
}
void replace() {
  int expected = 0;
  place.compare_exchange_strong(expected, 2);
}

}  // namespace

int main(int argc, char** argv) {
  const std::array<void (*)(), 5> all = {one, two, keep, look, replace};
  const std::string order = argc > 1 ? argv[1] : "01234";
  std::vector<std::thread> threads;
  for (const char number : order)
    threads.emplace_back(all.at(static_cast<std::size_t>(number - '0')));
  for (std::thread& thread : threads) thread.join();
}
