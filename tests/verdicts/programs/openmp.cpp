// Threads of OpenMP's library, which wait for each other by system calls of their own.
#include <atomic>

int main() {
  std::atomic<int> sum{0};
#pragma omp parallel for num_threads(2)
  for (int i = 0; i < 4; ++i) sum += i;
  return sum == 6 ? 0 : 1;
}
