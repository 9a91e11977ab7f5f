// What the test calls. Do not change this file.
#pragma once

#include <atomic>
#include <mutex>

// One account. Its owner's mutex says who may book.
class Account {
 public:
  explicit Account(int balance) : balance_(balance) {}

  // Only by a thread that holds mutex().
  void book(int amount);
  int balance() const { return balance_; }
  std::mutex& mutex() { return mutex_; }

 private:
  int balance_ = 0;
  std::mutex mutex_;
};

// Moves money if there is enough of it; says whether it did.
bool transfer(Account& from, Account& to, int amount);
