// Correct: a stop callback runs once, in the thread that asks first or, if it comes too late, in
//          the one that registers it; the worker polls the token and need not be joined by hand.
// Fails: never.
#include <atomic>
#include <cassert>
#include <stop_token>
#include <thread>

std::atomic<int> called{0};

void work(std::stop_token stop) {
  std::stop_callback on_stop(stop, [] { ++called; });
  while (!stop.stop_requested()) std::this_thread::yield();
}

int main() {
  {
    std::jthread worker(work);
    std::jthread other([&worker] { worker.request_stop(); });
    other.join();
  }
  assert(called == 1);
  return 0;
}
