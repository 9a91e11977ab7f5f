// Correct: the condition variable on the stack of the waiting thread is signalled under the mutex,
//          without which that thread cannot return.
// Fails: never.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;

struct Request {
  std::condition_variable answered;
  bool answer = false;
};

__attribute__((noinline)) std::thread ask() {
  Request request;
  std::thread helper([&request] {
    const std::lock_guard lock(mutex);
    request.answer = true;
    request.answered.notify_one();
  });
  std::unique_lock lock(mutex);
  request.answered.wait(lock, [&request] { return request.answer; });
  return helper;
}

int main() {
  std::thread helper = ask();
  helper.join();
  return 0;
}
