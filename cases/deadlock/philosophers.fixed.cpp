// Does:   Three philosophers at a round table eat with two forks each.
// Class:  deadlock, difficulty 2 of 5
//
// Correct: philosophers.cpp with the lower fork taken first.
// Fails:   never.
// From:    see philosophers.cpp.
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
  std::lock_guard<std::mutex> first(forks[std::min(left, right)]);
  std::lock_guard<std::mutex> second(forks[std::max(left, right)]);
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
