// Bug: two threads each say what is to be called at exit, in whatever order they come.
// Fails: if the second one is first: functions at exit are called in the reverse order.
#include <cstdlib>
#include <thread>

int main() {
  std::thread other([] { std::atexit([] { std::_Exit(0); }); });
  std::atexit([] { std::_Exit(3); });
  other.join();
  return 0;
}
