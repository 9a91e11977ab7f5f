// Correct: who leaves early drops out of the barrier. The completion function runs once at the end
//          of each round, after all arrivals and before anyone goes on.
// Fails: never.
#include <barrier>
#include <cassert>
#include <thread>

int rounds_done = 0;

struct CountRound {
  void operator()() noexcept { ++rounds_done; }
};

std::barrier<CountRound> round_end(2, CountRound{});

int main() {
  std::thread first([] {
    round_end.arrive_and_wait();
    assert(rounds_done == 1);
    round_end.arrive_and_wait();
    assert(rounds_done == 2);
  });
  std::thread second([] { round_end.arrive_and_drop(); });
  first.join();
  second.join();
  assert(rounds_done == 2);
  return 0;
}
