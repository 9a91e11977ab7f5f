// Bug: each of three philosophers takes the left fork and then the right one.
// Fails: if each has taken the left fork before any takes the right one.
#include <mutex>
#include <thread>

std::mutex forks[3];

void dine(int seat) {
  std::lock_guard<std::mutex> left(forks[seat]);
  std::lock_guard<std::mutex> right(forks[(seat + 1) % 3]);
}

int main() {
  std::thread first(dine, 0);
  std::thread second(dine, 1);
  std::thread third(dine, 2);
  first.join();
  second.join();
  third.join();
  return 0;
}
