// Bug: the transfer locks each account for its own half only, so the money is in neither for a
//      while. There is no data race.
// Fails: if the auditor counts between the two halves.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int alice = 100;
int bob = 100;

void transfer() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    alice -= 10;
  }
  std::lock_guard<std::mutex> lock(mutex);
  bob += 10;
}

void audit() {
  std::lock_guard<std::mutex> lock(mutex);
  assert(alice + bob == 200);
}

int main() {
  std::thread clerk(transfer);
  std::thread auditor(audit);
  clerk.join();
  auditor.join();
  return 0;
}
