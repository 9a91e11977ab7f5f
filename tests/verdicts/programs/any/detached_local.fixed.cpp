// Correct: the detached thread owns what it uses, and main waits for its answer only, which the two
//          own together. What the thread does after it has answered touches nothing of main's.
// Fails: never.
#include <atomic>
#include <cassert>
#include <memory>
#include <thread>
#include <utility>

int main() {
  const auto answer = std::make_shared<std::atomic<int>>(0);
  {
    auto message = std::make_unique<int>(42);
    std::thread([text = std::move(message), answer] { answer->store(*text); }).detach();
  }
  while (answer->load() == 0) std::this_thread::yield();
  assert(answer->load() == 42);
  return 0;
}
