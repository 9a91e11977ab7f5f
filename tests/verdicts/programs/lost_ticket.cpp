// Two threads take a ticket without a look at each other, and two wait until both are taken: for
// ever, if an update is lost. Something changes all the time, so it is no livelock that Heddle
// knows.
#include <atomic>
#include <thread>

std::atomic<int> tickets{0};
std::atomic<long> rounds{0};

void take() {
  tickets.store(tickets.load() + 1);
}

void wait_for_both() {
  while (tickets.load() != 2) rounds.fetch_add(1);
}

int main() {
  std::thread first(take);
  std::thread second(take);
  std::thread other(wait_for_both);
  wait_for_both();
  first.join();
  second.join();
  other.join();
  return 0;
}
