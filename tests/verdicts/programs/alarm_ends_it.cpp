// Correct: two threads hand a token to and fro until a signal, which comes in real time, ends it.
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <thread>

std::atomic<bool> over{false};
std::atomic<int> token{0};

void ring(int /*signal*/) {
  over = true;
}

void hand_over(int self) {
  while (!over) {
    if (token == self) token = 1 - self;
    std::this_thread::yield();
  }
}

int main() {
  signal(SIGALRM, ring);
  const itimerval soon = {{0, 0}, {0, 200'000}};
  setitimer(ITIMER_REAL, &soon, nullptr);
  std::thread first(hand_over, 0);
  std::thread second(hand_over, 1);
  first.join();
  second.join();
  return 0;
}
