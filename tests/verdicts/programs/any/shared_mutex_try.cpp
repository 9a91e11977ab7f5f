// Bug: a reader expects that its try to get in succeeds.
// Fails: if it comes while the writer is in.
#include <cassert>
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex door;

int main() {
  std::thread writer([] { std::unique_lock inside(door); });
  const bool entered = door.try_lock_shared();
  if (entered) door.unlock_shared();
  writer.join();
  assert(entered);
  return 0;
}
