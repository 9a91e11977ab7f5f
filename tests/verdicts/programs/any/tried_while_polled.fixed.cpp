// Takes the mutex as everybody does.
#include <mutex>
#include <thread>

std::mutex mutex;
bool done;

int main() {
  std::thread setter([] {
    const std::lock_guard guard(mutex);
    done = true;
  });
  for (;;) {
    const std::lock_guard guard(mutex);
    if (done) break;
  }
  setter.join();
}
