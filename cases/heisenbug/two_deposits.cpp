// Does:   Two deposits are paid into an account, as soon as both threads are there.
// Class:  heisenbug, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the balance is loaded and stored in two steps, and a deposit between the two is lost.
// Fails:  if one thread stores between the other's load and store. Both have just waited for each
//         other, so the two come at the same time: without delays in 8.9 % of 5000 runs of stress
//         on two busy processors. See two_deposits.printed.cpp for the same program with a print.
// From:   the word is older than threads: J. Gray, "Why Do Computers Stop and What Can Be Done
//         About It?" (Tandem Technical Report 85.7, 1985), has Bohrbugs and Heisenbugs.
// Found:  stress the failed assertion, seldom; tsan as stress; fuzz the failed assertion; relacy
//         the failed assertion.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> waiting{0};
std::atomic<int> balance{100};

void deposit(int amount) {
  ++waiting;
  while (waiting < 2) {
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
