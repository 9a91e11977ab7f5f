// Does:   Three philosophers at a round table eat with two forks each.
// Class:  deadlock, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    each takes the left fork first, and then waits for the right one.
// Fails:  if all of them hold their left fork.
// From:   E. W. Dijkstra, "Hierarchical Ordering of Sequential Processes" (Acta Informatica 1971).
// Found:  stress hardly ever; tsan the lock-order inversion, in nearly every run; fuzz and relacy
//         the deadlock.
#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

constexpr int kPhilosophers = 3;

std::mutex forks[kPhilosophers];
int meals[kPhilosophers];

void dine(int seat) {
  int left = seat;
  int right = (seat + 1) % kPhilosophers;
  std::lock_guard<std::mutex> first(forks[left]);
  std::lock_guard<std::mutex> second(forks[right]);
  ++meals[seat];
}

int main() {
  std::vector<std::thread> table;
  for (int seat = 0; seat < kPhilosophers; ++seat) {
    table.emplace_back(dine, seat);
  }
  for (std::thread& philosopher : table) {
    philosopher.join();
  }
  return 0;
}
