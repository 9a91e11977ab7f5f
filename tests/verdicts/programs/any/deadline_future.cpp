// Bug: a future is taken to be ready after 250 ms.
// Fails: if the other thread is slower.
#include <cassert>
#include <chrono>
#include <future>

int main() {
  std::future<int> answer = std::async(std::launch::async, [] { return 42; });
  const std::future_status status = answer.wait_for(std::chrono::milliseconds(250));
  assert(status == std::future_status::ready);
  return 0;
}
