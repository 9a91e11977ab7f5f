// Bug: the worker resets the flag at its start, and it may have been set by then.
// Fails: if main sets the flag before the worker resets it: the worker then spins for ever, and
//        main waits for its end.
#include <atomic>
#include <thread>

std::atomic<bool> go{false};

int main() {
  std::thread worker([] {
    go = false;
    while (!go) std::this_thread::yield();
  });
  go = true;
  worker.join();
  return 0;
}
