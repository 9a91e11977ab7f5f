#include <functional>

#include "bank.h"

bool transfer(Account& from, Account& to, int amount) {
  const bool in_order = std::less<Account*>()(&from, &to);
  std::lock_guard<std::mutex> first((in_order ? from : to).mutex());
  std::lock_guard<std::mutex> second((in_order ? to : from).mutex());
  if (from.balance() < amount) {
    return false;
  }
  from.book(-amount);
  to.book(amount);
  return true;
}
