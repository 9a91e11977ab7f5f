// Correct: a latch on the stack of the thread that waits for it, which goes with the frame as soon
//          as the wait is over.
// Fails: never.
#include <latch>
#include <thread>

__attribute__((noinline)) std::thread start() {
  std::latch ready(1);
  std::thread worker([&ready] { ready.count_down(); });
  ready.wait();
  return worker;
}

int main() {
  std::thread worker = start();
  worker.join();
  return 0;
}
