// Correct: the thread that deletes the flag has joined the one that reads it.
// Fails: never.
#include <atomic>
#include <thread>

std::atomic<int> work = 0;

int main() {
  auto* const flag = new std::atomic<bool>(false);
  std::thread reader([flag] { static_cast<void>(flag->load()); });
  std::thread deleter([flag, &reader] {
    for (int i = 0; i < 25; ++i) work.fetch_add(1);
    reader.join();
    delete flag;
  });
  deleter.join();
  return 0;
}
