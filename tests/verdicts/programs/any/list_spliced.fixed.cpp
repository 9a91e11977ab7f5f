// Correct: a list gets the elements of another while it is gone through, under a mutex.
// Fails: never.
#include <cassert>
#include <list>
#include <mutex>
#include <thread>

std::list<int> all = {1, 2};
std::list<int> more = {3};
std::mutex mutex;

int main() {
  std::thread other([] {
    const std::lock_guard<std::mutex> lock(mutex);
    all.splice(all.begin(), more);
  });
  mutex.lock();
  int sum = 0;
  for (const int value : all) sum += value;
  mutex.unlock();
  other.join();
  assert(sum == 3 || sum == 6);
}
