// Bug: main waits for 250 ms and then takes it that the worker has answered.
// Fails: if the worker has not moved until then.
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex m;
std::condition_variable answered;
bool answer = false;

int main() {
  std::thread worker([] {
    const std::lock_guard lock(m);
    answer = true;
    answered.notify_one();
  });
  {
    std::unique_lock lock(m);
    const bool in_time =
        answered.wait_for(lock, std::chrono::milliseconds(250), [] { return answer; });
    assert(in_time);
  }
  worker.join();
  return 0;
}
