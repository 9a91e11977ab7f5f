// A driver counts the operations that use it; stopping waits until there are none.
// Fails: when the driver stops between an operation's look at the flag and its count.
// From:  Qadeer, Wu, "KISS: Keep It Simple and Sequential", PLDI 2004, the Bluetooth driver.
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>

struct Driver {
  std::mutex mutex;
  std::condition_variable idle_changed;
  int pending = 1;  // operations under way, and one for the driver itself
  bool idle = false;
  bool stopping = false;
  bool stopped = false;
};

Driver driver;

bool begin_operation() {
  if (driver.stopping) return false;
  std::lock_guard<std::mutex> lock(driver.mutex);
  ++driver.pending;
  return true;
}

void end_operation() {
  std::lock_guard<std::mutex> lock(driver.mutex);
  if (--driver.pending == 0) {
    driver.idle = true;
    driver.idle_changed.notify_all();
  }
}

void operate() {
  if (!begin_operation()) return;
  assert(!driver.stopped);
  end_operation();
}

void stop() {
  driver.stopping = true;
  end_operation();
  {
    std::unique_lock<std::mutex> lock(driver.mutex);
    driver.idle_changed.wait(lock, [] { return driver.idle; });
  }
  driver.stopped = true;
}

int main() {
  std::thread stopper(stop);
  operate();
  stopper.join();
  return 0;
}
