// Does:   Two people draw 80 from an account of 100; it is never overdrawn.
// Class:  atomicity, difficulty 1 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the balance is looked at in one critical section and changed in another.
// Fails:  if both look before either draws. Each access is under the lock: there is no data race.
// From:   the pattern "check then act" of "Java Concurrency in Practice" (Goetz and others, 2006).
// Found:  stress and tsan the assertion, seldom; fuzz and relacy the assertion.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int balance = 100;

int current_balance() {
  std::lock_guard<std::mutex> lock(mutex);
  return balance;
}

void withdraw(int amount) {
  if (current_balance() >= amount) {
    std::lock_guard<std::mutex> lock(mutex);
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
