// Correct: std::condition_variable_any takes the stop token itself, and a request to stop ends the
//          wait, which then says that there is no job.
// Fails: never.
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

std::mutex mutex;
std::condition_variable_any job_arrived;
int jobs = 0;

void work(std::stop_token stop) {
  std::unique_lock<std::mutex> lock(mutex);
  const bool found = job_arrived.wait(lock, stop, [] { return jobs != 0; });
  assert(!found && stop.stop_requested());
}

int main() {
  std::jthread worker(work);
  return 0;
}
