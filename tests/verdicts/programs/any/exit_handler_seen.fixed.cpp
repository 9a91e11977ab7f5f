// Correct: as exit_handler_seen.cpp, but that main waits for the thread.
// Fails: never.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex m;

struct Log {
  bool open = true;
  ~Log() {
    const std::lock_guard lock(m);
    open = false;
  }
};

Log log_of_all;

int main() {
  std::thread writer([] {
    const std::lock_guard lock(m);
    assert(log_of_all.open);
  });
  writer.join();
  return 0;
}
