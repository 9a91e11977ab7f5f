// Correct: both halves of the transfer are made in one critical section.
// Fails: never.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int alice = 100;
int bob = 100;

void transfer() {
  std::lock_guard<std::mutex> lock(mutex);
  alice -= 10;
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
