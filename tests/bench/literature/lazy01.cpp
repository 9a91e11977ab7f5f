// Three threads with one lock: one adds 1, one adds 2, the third asserts that the sum is not there.
// Fails: when the third comes last.
// From:  Thomson, Donaldson, Betts, "Concurrency Testing Using Controlled Schedulers: An Empirical
//        Study", ACM TOPC 2 (2016), program CS.lazy01.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
int data = 0;

void add(int amount) {
  std::lock_guard<std::mutex> lock(mutex);
  data += amount;
}

void check() {
  std::lock_guard<std::mutex> lock(mutex);
  assert(data < 3);
}

int main() {
  std::thread one(add, 1);
  std::thread two(add, 2);
  std::thread checker(check);
  one.join();
  two.join();
  checker.join();
  return 0;
}
