// Bug: the second worker leaves after one round and does not tell the barrier, which goes on to
//      expect two.
// Fails: in every interleaving: the first worker waits alone in the second round.
#include <barrier>
#include <thread>

std::barrier<> round_end(2);

void work(int rounds) {
  for (int i = 0; i < rounds; ++i) round_end.arrive_and_wait();
}

int main() {
  std::thread first(work, 2);
  std::thread second(work, 1);
  first.join();
  second.join();
  return 0;
}
