// Does:   A request is served in the background; main waits until its answer is there.
// Class:  lifetime, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the detached thread refers to a variable of the function that started it, and nobody
//         waits for it before that function returns.
// Fails:  if the function returns before the thread has read the variable.
// From:   C++ Core Guidelines CP.26: don't detach() a thread.
// Found:  stress the failed assertion, often; tsan as stress; fuzz the use after return; relacy the
//         failed assertion.
#include <atomic>
#include <cassert>
#include <thread>

int served = 0;
std::atomic<bool> done{false};

void serve(int request) {
  int doubled = 2 * request;
  std::thread worker([&doubled] {
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
