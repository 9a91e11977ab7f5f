// Does:   A request is served in the background; main waits until its answer is there.
// Class:  lifetime, difficulty 2 of 5
//
// Correct: detached_too_long.cpp with a copy of its own for the thread.
// Fails:   never.
// From:    see detached_too_long.cpp.
#include <atomic>
#include <cassert>
#include <thread>

int served = 0;
std::atomic<bool> done{false};

void serve(int request) {
  int doubled = 2 * request;
  std::thread worker([doubled] {
    served = doubled;
    done = true;
  });
  worker.detach();
}

int main() {
  serve(21);
  while (!done) {
    std::this_thread::yield();
  }
  assert(served == 42);
  return 0;
}
