#include "bank.h"

bool transfer(Account& from, Account& to, int amount) {
  std::lock_guard<std::mutex> take(from.mutex());
  if (from.balance() < amount) {
    return false;
  }
  from.book(-amount);
  to.book(amount);
  return true;
}
