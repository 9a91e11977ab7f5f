// Bug: an atomic exchange chooses who initialises, but the others do not wait until that is done.
// Fails: if the second thread comes while the first one initialises: it reads the value without any
//        order, and perhaps too early.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<bool> chosen{false};
int settings = 0;

void use() {
  if (!chosen.exchange(true)) settings = 42;
  assert(settings == 42);
}

int main() {
  std::thread first(use);
  std::thread second(use);
  first.join();
  second.join();
  return 0;
}
