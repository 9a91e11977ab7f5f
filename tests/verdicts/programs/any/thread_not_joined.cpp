// Bug: the early return leaves a std::thread that is neither joined nor detached; its destructor
//      calls std::terminate().
// Fails: if the worker has set the flag before main looks at it.
#include <atomic>
#include <thread>

std::atomic<bool> finished{false};

int main() {
  std::thread worker([] { finished = true; });
  if (finished) return 0;
  worker.join();
  return 0;
}
