// The test. Do not change this file.
#include <cassert>
#include <thread>

#include "bank.h"

void Account::book(int amount) {
  balance_ += amount;
}

int main() {
  Account ann(10);
  Account bob(10);
  Account cid(10);
  Account dot(10);
  bool there = false;
  bool back = false;
  bool apart = false;
  std::thread first([&] { there = transfer(ann, bob, 7); });
  std::thread second([&] { back = transfer(bob, ann, 4); });
  std::thread third([&] { apart = transfer(cid, dot, 1); });
  first.join();
  second.join();
  third.join();
  assert(there && back && apart);
  assert(ann.balance() == 7);
  assert(bob.balance() == 13);
  assert(cid.balance() == 9);
  assert(dot.balance() == 11);
  return 0;
}
