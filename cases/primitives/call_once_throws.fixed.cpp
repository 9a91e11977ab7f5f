// Does:   Plug-ins are registered once; if the disk is not there yet, the next caller tries again.
// Class:  primitives, difficulty 3 of 5
//
// Correct: call_once_throws.cpp with nothing changed before what can fail.
// Fails:   never.
// From:    see call_once_throws.cpp.
#include <atomic>
#include <cassert>
#include <mutex>
#include <stdexcept>
#include <thread>

std::once_flag registered;
std::atomic<bool> disk_ready{false};
int plugins = 0;

void register_plugins() {
  if (!disk_ready) {
    throw std::runtime_error("no disk");
  }
  plugins = 2;  // the built-in one and the one on disk
}

void use() {
  try {
    std::call_once(registered, register_plugins);
    assert(plugins == 2);
  } catch (const std::runtime_error&) {
    // Nothing to be done without them.
  }
}

void mount() {
  disk_ready = true;
}

int main() {
  std::thread first(use);
  std::thread second(use);
  std::thread mounter(mount);
  first.join();
  second.join();
  mounter.join();
  return 0;
}
