// Bug: a thread reads a thread_local variable of another, which may have ended.
// Fails: if the reader comes after the end of the owner.
#include <atomic>
#include <cassert>
#include <thread>

thread_local int own = 0;
std::atomic<int*> shown{nullptr};

int main() {
  std::thread owner([] {
    own = 1;
    shown.store(&own);
  });
  std::thread reader([] {
    const int* seen = shown.load();
    if (seen != nullptr) assert(*seen == 1);
  });
  reader.join();
  owner.join();
  return 0;
}
