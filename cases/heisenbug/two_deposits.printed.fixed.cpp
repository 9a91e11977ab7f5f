// Does:   Two deposits are paid in as soon as both threads are there; the first is printed.
// Class:  heisenbug, difficulty 3 of 5
//
// Correct: two_deposits.printed.cpp with one atomic operation.
// Fails:   never.
// From:    see two_deposits.printed.cpp.
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
  balance += amount;
}

int main() {
  std::thread first(deposit, 10);
  std::thread second(deposit, 20);
  first.join();
  second.join();
  assert(balance == 130);
  return 0;
}
