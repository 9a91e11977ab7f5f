// Bug: main sleeps for as long as the worker "certainly" needs, in place of waiting for it.
// Fails: if the worker needs longer. However long the sleep is, it orders nothing, so the read and
//        the write race even where the worker is quick.
#include <cassert>
#include <chrono>
#include <thread>

int result = 0;

int main() {
  std::thread worker([] { result = 42; });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  assert(result == 42);
  worker.join();
  return 0;
}
