#include <chrono>
#include <thread>

#include "bank.h"

bool transfer(Account& from, Account& to, int amount) {
  std::this_thread::sleep_for(std::chrono::milliseconds(10 * amount));
  std::lock_guard<std::mutex> take(from.mutex());
  std::lock_guard<std::mutex> give(to.mutex());
  if (from.balance() < amount) {
    return false;
  }
  from.book(-amount);
  to.book(amount);
  return true;
}
