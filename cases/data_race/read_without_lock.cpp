// Does:   One thread moves money between two pockets; another adds up both.
// Class:  data_race, difficulty 1 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the reader takes no lock, since it changes nothing, and sees the money on its way.
// Fails:  if the reader comes between the two writes of the move; the data race is there in every
//         run in which it does not come last.
// From:   a misunderstanding that every course meets: a lock protects only against those who take
//         it too.
// Found:  stress the assertion, seldom; tsan and fuzz the races and the assertion; relacy the race.
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
