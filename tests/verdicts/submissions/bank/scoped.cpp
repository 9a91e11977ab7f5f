#include "bank.h"

bool transfer(Account& from, Account& to, int amount) {
  std::unique_lock<std::mutex> take(from.mutex(), std::defer_lock);
  std::unique_lock<std::mutex> give(to.mutex(), std::defer_lock);
  std::lock(take, give);
  if (from.balance() < amount) {
    return false;
  }
  from.book(-amount);
  to.book(amount);
  return true;
}
