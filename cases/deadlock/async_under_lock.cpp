// Does:   A cache is saved in the background while the program goes on.
// Class:  deadlock, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    nobody keeps the future, and its destructor waits for the task, which waits for the
//         caller's lock.
// Fails:  in every run: the destructor of a future from std::async() waits.
// From:   [futures.async] in the C++ standard; Scott Meyers, "Effective Modern C++", item 38.
// Found:  stress, tsan and fuzz the deadlock, in every run; relacy the same.
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
  {
    std::lock_guard<std::mutex> lock(mutex);
    entries = 4;
    std::async(std::launch::async, save);
  }
  std::lock_guard<std::mutex> lock(mutex);
  assert(saved == 4);
  return 0;
}
