// Two threads take the same two locks, each in its own order.
// Fails: deadlock, when each has its first lock before the other has its second.
// From:  Thomson, Donaldson, Betts, "Concurrency Testing Using Controlled Schedulers: An Empirical
//        Study", ACM TOPC 2 (2016), program CS.deadlock01.
#include <functional>
#include <mutex>
#include <thread>

std::mutex a;
std::mutex b;
int counter = 0;

void increment(std::mutex& first, std::mutex& second) {
  std::lock_guard<std::mutex> lock(first);
  std::lock_guard<std::mutex> other_lock(second);
  ++counter;
}

int main() {
  std::thread forwards(increment, std::ref(a), std::ref(b));
  std::thread backwards(increment, std::ref(b), std::ref(a));
  forwards.join();
  backwards.join();
  return 0;
}
