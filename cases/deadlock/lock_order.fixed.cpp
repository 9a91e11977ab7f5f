// Does:   Two transfers between two accounts, one each way.
// Class:  deadlock, difficulty 1 of 5
//
// Correct: lock_order.cpp with std::lock, which takes both without waiting for one while it holds
//          the other.
// Fails:   never.
// From:    see lock_order.cpp.
#include <cassert>
#include <mutex>
#include <thread>

struct Account {
  std::mutex mutex;
  int balance = 100;
};

Account savings;
Account current;

void transfer(Account& from, Account& to, int amount) {
  std::lock(from.mutex, to.mutex);
  std::lock_guard<std::mutex> lock_from(from.mutex, std::adopt_lock);
  std::lock_guard<std::mutex> lock_to(to.mutex, std::adopt_lock);
  from.balance -= amount;
  to.balance += amount;
}

int main() {
  std::thread there(transfer, std::ref(savings), std::ref(current), 10);
  std::thread back(transfer, std::ref(current), std::ref(savings), 20);
  there.join();
  back.join();
  assert(savings.balance == 110 && current.balance == 90);
  return 0;
}
