// Bug: main does not wait for a thread that goes on while the process ends, and sees what the
//      destructors of global objects leave.
// Fails: if the thread comes by between the destructor and the end of the process.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex m;

struct Log {
  bool open = true;
  ~Log() {
    const std::lock_guard lock(m);
    open = false;
  }
};

Log log_of_all;

int main() {
  std::thread writer([] {
    const std::lock_guard lock(m);
    assert(log_of_all.open);
  });
  writer.detach();
  return 0;
}
