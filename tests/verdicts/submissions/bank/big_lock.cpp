#include "bank.h"

namespace {
std::mutex bank;
}

bool transfer(Account& from, Account& to, int amount) {
  std::lock_guard<std::mutex> lock(bank);
  if (from.balance() < amount) {
    return false;
  }
  from.book(-amount);
  to.book(amount);
  return true;
}
