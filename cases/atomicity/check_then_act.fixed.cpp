// Does:   Two people draw 80 from an account of 100; it is never overdrawn.
// Class:  atomicity, difficulty 1 of 5
//
// Correct: check_then_act.cpp with look and withdrawal in one critical section.
// Fails:   never.
// From:    see check_then_act.cpp.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int balance = 100;

void withdraw(int amount) {
  std::lock_guard<std::mutex> lock(mutex);
  if (balance >= amount) {
    balance -= amount;
  }
}

int main() {
  std::thread first(withdraw, 80);
  std::thread second(withdraw, 80);
  first.join();
  second.join();
  assert(balance >= 0);
  return 0;
}
