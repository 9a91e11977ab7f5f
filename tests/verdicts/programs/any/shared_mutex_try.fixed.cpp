// Correct: a reader that is not let in at once waits.
// Fails: never.
#include <cassert>
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex door;

int main() {
  std::thread writer([] { std::unique_lock inside(door); });
  bool entered = door.try_lock_shared();
  if (!entered) {
    door.lock_shared();
    entered = true;
  }
  door.unlock_shared();
  writer.join();
  assert(entered);
  return 0;
}
