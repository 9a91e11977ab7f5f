// A program whose second thread ends the process in every run, in the way that the argument names.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

int* volatile nowhere = nullptr;

// No hook is in it, so nothing that Heddle controls is ever reached again.
__attribute__((noinline, no_sanitize("thread"))) void spin() {
  for (;;) asm volatile("" ::: "memory");
}

void die(const char* how) {
  if (std::strcmp(how, "abort") == 0) std::abort();
  if (std::strcmp(how, "null_write") == 0) *nowhere = 1;
  if (std::strcmp(how, "exit") == 0) std::exit(3);
  if (std::strcmp(how, "throw") == 0) throw std::runtime_error("nobody catches this");
  if (std::strcmp(how, "kill") == 0) kill(getpid(), SIGKILL);
  if (std::strcmp(how, "spin") == 0) spin();
}

int main(int argc, char** argv) {
  const char* how = argc > 1 ? argv[1] : "";
  std::thread other([] {});
  std::thread dies(die, how);
  other.join();
  dies.join();
  return 0;
}
