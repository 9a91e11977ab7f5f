// Bug: a transfer locks the account it takes from, and then the one it gives to.
// Fails: if the two transfers, which go in opposite directions, lock their first accounts before
//        either locks its second.
#include <cassert>
#include <mutex>
#include <thread>

struct Account {
  std::mutex mutex;
  int balance = 100;
};

Account alice, bob;

void transfer(Account& from, Account& to, int amount) {
  std::lock_guard<std::mutex> from_lock(from.mutex);
  std::lock_guard<std::mutex> to_lock(to.mutex);
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
