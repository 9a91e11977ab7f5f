// Does:   Two transfers between two accounts, one each way.
// Class:  deadlock, difficulty 1 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    each transfer locks the account that it takes from first, so the two lock in opposite
//         orders.
// Fails:  if each holds its first lock when it asks for its second.
// From:   the example of nearly every text on deadlock; "Java Concurrency in Practice" calls it
//         dynamic lock ordering deadlock.
// Found:  stress and tsan the deadlock, seldom; tsan the lock-order inversion, in nearly every run;
//         fuzz and relacy the deadlock.
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
  std::lock_guard<std::mutex> lock_from(from.mutex);
  std::lock_guard<std::mutex> lock_to(to.mutex);
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
