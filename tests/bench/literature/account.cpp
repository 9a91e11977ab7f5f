// A deposit, a withdrawal and a check of the balance, each under the lock; the check has the sum
// wrong.
// Fails: when the check comes after both.
// From:  Thomson, Donaldson, Betts, "Concurrency Testing Using Controlled Schedulers: An Empirical
//        Study", ACM TOPC 2 (2016), program CS.account.
#include <cassert>
#include <mutex>
#include <thread>

constexpr int kBefore = 1;
constexpr int kDeposit = 2;
constexpr int kWithdrawal = 4;

std::mutex mutex;
int balance = kBefore;
bool deposited = false;
bool withdrawn = false;

void deposit() {
  std::lock_guard<std::mutex> lock(mutex);
  balance += kDeposit;
  deposited = true;
}

void withdraw() {
  std::lock_guard<std::mutex> lock(mutex);
  balance -= kWithdrawal;
  withdrawn = true;
}

void check() {
  std::lock_guard<std::mutex> lock(mutex);
  if (deposited && withdrawn) assert(balance == kBefore - kDeposit - kWithdrawal);
}

int main() {
  std::thread checker(check);
  std::thread depositor(deposit);
  std::thread withdrawer(withdraw);
  checker.join();
  depositor.join();
  withdrawer.join();
  return 0;
}
