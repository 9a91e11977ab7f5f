// Does:   Plug-ins are registered once; if the disk is not there yet, the next caller tries again.
// Class:  primitives, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    call_once() calls again after an exception, and the first try has left half of its work
//         behind.
// Fails:  if the first caller comes before the disk is there, and a later one after.
// From:   [thread.once.callonce] in the C++ standard: an exceptional execution counts as none.
// Found:  stress the failed assertion, often; tsan cannot run it, for ThreadSanitizer waits for
//         ever after an exception in call_once(); fuzz the failed assertion; relacy the failed
//         assertion.
#include <atomic>
#include <cassert>
#include <mutex>
#include <stdexcept>
#include <thread>

std::once_flag registered;
std::atomic<bool> disk_ready{false};
int plugins = 0;

void register_plugins() {
  ++plugins;  // the built-in one
  if (!disk_ready) {
    throw std::runtime_error("no disk");
  }
  ++plugins;  // the one on disk
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
