// Does:   Two deposits are paid in as soon as both threads are there; the first is printed.
// Class:  heisenbug, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    that of two_deposits.cpp, which loads and stores the balance in two steps. The print
//         holds up one of the two threads for longer than the other takes: whoever looks for the
//         bug with it does not find it.
// Fails:  as two_deposits.cpp, but on real threads hardly ever: in none of 5000 runs of stress
//         without delays, where that one fails in 8.9 %. In fuzz the print is a step like others,
//         and the rate is the same as without it.
// From:   see two_deposits.cpp.
// Found:  stress the failed assertion, seldom; tsan as stress; fuzz the failed assertion; relacy
//         the failed assertion.
#include <atomic>
#include <cassert>
#include <cstdio>
#include <thread>

std::atomic<int> waiting{0};
std::atomic<int> balance{100};

void deposit(int amount) {
  ++waiting;
  while (waiting < 2) {
  }
  if (amount == 10) {
    std::fprintf(stderr, "deposit of %d\n", amount);
  }
  int before = balance;
  balance = before + amount;
}

int main() {
  std::thread first(deposit, 10);
  std::thread second(deposit, 20);
  first.join();
  second.join();
  assert(balance == 130);
  return 0;
}
