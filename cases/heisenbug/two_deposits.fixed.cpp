// Does:   Two deposits are paid into an account, as soon as both threads are there.
// Class:  heisenbug, difficulty 2 of 5
//
// Correct: two_deposits.cpp with one atomic operation.
// Fails:   never.
// From:    see two_deposits.cpp.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> waiting{0};
std::atomic<int> balance{100};

void deposit(int amount) {
  ++waiting;
  while (waiting < 2) {
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
