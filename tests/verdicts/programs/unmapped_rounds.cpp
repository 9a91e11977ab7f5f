// Correct: two threads take turns for thousands of rounds, and each maps memory, writes to it and
// gives it back in every one.
#include <sys/mman.h>

#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> token{0};
std::atomic<int> rounds{0};

void take_turns(int self) {
  while (rounds < 2'000) {
    if (token == self) {
      ++rounds;
      token = 1 - self;
    }
    void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(page != MAP_FAILED);
    *static_cast<int*>(page) = self;
    assert(munmap(page, 4096) == 0);
    std::this_thread::yield();
  }
}

int main() {
  std::thread first(take_turns, 0);
  std::thread second(take_turns, 1);
  first.join();
  second.join();
  return 0;
}
