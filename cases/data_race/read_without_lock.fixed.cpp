// Does:   One thread moves money between two pockets; another adds up both.
// Class:  data_race, difficulty 1 of 5
//
// Correct: read_without_lock.cpp with the lock in the reader as well.
// Fails:   never.
// From:    see read_without_lock.cpp.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int left_pocket = 100;
int right_pocket = 0;

void move(int amount) {
  std::lock_guard<std::mutex> lock(mutex);
  left_pocket -= amount;
  right_pocket += amount;
}

int total() {
  std::lock_guard<std::mutex> lock(mutex);
  return left_pocket + right_pocket;
}

void audit() {
  assert(total() == 100);
}

int main() {
  std::thread mover(move, 30);
  std::thread auditor(audit);
  mover.join();
  auditor.join();
  assert(total() == 100);
  return 0;
}
