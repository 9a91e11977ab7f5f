// Does:   A cache is saved in the background while the program goes on.
// Class:  deadlock, difficulty 3 of 5
//
// Correct: async_under_lock.cpp with the future kept until the lock is free.
// Fails:   never.
// From:    see async_under_lock.cpp.
#include <cassert>
#include <future>
#include <mutex>

std::mutex mutex;
int entries = 3;
int saved = 0;

void save() {
  std::lock_guard<std::mutex> lock(mutex);
  saved = entries;
}

int main() {
  std::future<void> saving;
  {
    std::lock_guard<std::mutex> lock(mutex);
    entries = 4;
    saving = std::async(std::launch::async, save);
  }
  saving.wait();
  std::lock_guard<std::mutex> lock(mutex);
  assert(saved == 4);
  return 0;
}
