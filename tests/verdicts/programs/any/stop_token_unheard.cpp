// Bug: the worker waits for a job at a condition variable that knows nothing of stop tokens, and
//      the destructor of std::jthread asks it to stop but wakes nobody.
// Fails: if the worker waits before it is asked to stop: it waits for ever, and main for its end.
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

std::mutex mutex;
std::condition_variable job_arrived;
int jobs = 0;

void work(std::stop_token stop) {
  std::unique_lock<std::mutex> lock(mutex);
  while (jobs == 0 && !stop.stop_requested()) job_arrived.wait(lock);
}

int main() {
  std::jthread worker(work);
  return 0;
}
