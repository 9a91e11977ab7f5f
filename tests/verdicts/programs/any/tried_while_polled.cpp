// Bug: takes it for granted that a mutex which others only look under is free.
// Fails: if main looks just then. So not one of its looks may be left out, as they may where nobody
//        tries to lock.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
bool done;

int main() {
  std::thread setter([] {
    assert(mutex.try_lock());
    done = true;
    mutex.unlock();
  });
  for (;;) {
    const std::lock_guard guard(mutex);
    if (done) break;
  }
  setter.join();
}
