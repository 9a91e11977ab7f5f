// Two threads wait for what never comes, each with a limit of time.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable never;

void wait() {
  std::unique_lock<std::mutex> lock(mutex);
  never.wait_for(lock, std::chrono::milliseconds(1));
}

int main() {
  std::thread first(wait);
  std::thread second(wait);
  first.join();
  second.join();
}
