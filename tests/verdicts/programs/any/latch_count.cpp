// Bug: the latch expects three to count down, and there are two.
// Fails: in every interleaving: main waits for ever.
#include <latch>
#include <thread>

std::latch finished(3);

int main() {
  std::thread first([] { finished.count_down(); });
  std::thread second([] { finished.count_down(); });
  finished.wait();
  first.join();
  second.join();
  return 0;
}
