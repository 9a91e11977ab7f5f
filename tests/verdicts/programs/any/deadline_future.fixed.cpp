// Correct, as far as a wait of 5 ms is over before a sleep of 250 ms.
// Fails: with a late wake-up alone.
#include <cassert>
#include <chrono>
#include <future>
#include <thread>

int main() {
  std::future<int> answer = std::async(std::launch::async, [] {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    return 42;
  });
  const std::future_status status = answer.wait_for(std::chrono::milliseconds(5));
  assert(status == std::future_status::timeout);
  return 0;
}
