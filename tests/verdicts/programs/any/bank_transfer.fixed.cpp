// Correct: std::scoped_lock takes both mutexes without a deadlock, in whatever order they are
//          named: it gives back what it has when it would have to wait.
// Fails: never.
#include <cassert>
#include <mutex>
#include <thread>

struct Account {
  std::mutex mutex;
  int balance = 100;
};

Account alice, bob;

void transfer(Account& from, Account& to, int amount) {
  std::scoped_lock lock(from.mutex, to.mutex);
  from.balance -= amount;
  to.balance += amount;
}

int main() {
  std::thread first([] { transfer(alice, bob, 10); });
  std::thread second([] { transfer(bob, alice, 20); });
  first.join();
  second.join();
  assert(alice.balance == 110 && bob.balance == 90);
  return 0;
}
