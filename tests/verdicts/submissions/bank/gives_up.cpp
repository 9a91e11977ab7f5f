#include "bank.h"

// Who does not get both says that there was not enough money.
bool transfer(Account& from, Account& to, int amount) {
  std::lock_guard<std::mutex> take(from.mutex());
  std::unique_lock<std::mutex> give(to.mutex(), std::try_to_lock);
  if (!give.owns_lock() || from.balance() < amount) {
    return false;
  }
  from.book(-amount);
  to.book(amount);
  return true;
}
