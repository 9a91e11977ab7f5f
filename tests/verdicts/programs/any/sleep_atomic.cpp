// Bug: as sleep_as_synchronisation.cpp, with an atomic result: there is no race, only too early a
//      look.
// Fails: if main's sleep is over before the worker has moved.
#include <atomic>
#include <cassert>
#include <chrono>
#include <thread>

std::atomic<int> result{0};

int main() {
  std::thread worker([] { result = 42; });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  assert(result == 42);
  worker.join();
  return 0;
}
