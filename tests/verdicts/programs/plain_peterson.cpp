// Races: Peterson's protocol over plain variables. Whoever waits looks again and again, so that an
// exhaustive search leaves runs out in which a race has shown.
#include <thread>

volatile int wants[2];
volatile int turn;

void enter(int mine) {
  const int other = 1 - mine;
  wants[mine] = 1;
  turn = other;
  while (wants[other] != 0 && turn == other) {
  }
  wants[mine] = 0;
}

int main() {
  std::thread first(enter, 0);
  std::thread second(enter, 1);
  first.join();
  second.join();
}
