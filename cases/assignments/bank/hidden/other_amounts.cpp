// The test with other numbers: one transfer is of more than there is.
#include <cassert>
#include <thread>

#include "bank.h"

void Account::book(int amount) {
  balance_ += amount;
}

int main() {
  Account ann(20);
  Account bob(5);
  bool there = false;
  bool back = true;
  std::thread first([&] { there = transfer(ann, bob, 3); });
  std::thread second([&] { back = transfer(bob, ann, 9); });
  first.join();
  second.join();
  assert(there && !back);
  assert(ann.balance() == 17);
  assert(bob.balance() == 8);
  return 0;
}
