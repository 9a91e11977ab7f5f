#include "bank.h"

bool transfer(Account& from, Account& to, int amount) {
  std::scoped_lock both(from.mutex(), to.mutex());
  if (from.balance() < amount) {
    return false;
  }
  from.book(-amount);
  to.book(amount);
  return true;
}
