// Correct: the process ends by quick_exit(), which runs its own functions and those of exit() not.
// Fails: never.
#include <atomic>
#include <cstdlib>
#include <thread>

std::atomic<int> rounds = 0;
std::atomic<bool> said = false;

int main() {
  std::atexit([] { std::_Exit(3); });
  std::at_quick_exit([] {
    if (!said.load()) std::_Exit(4);
  });
  std::at_quick_exit([] { said = true; });
  std::thread([] { rounds.fetch_add(1); }).detach();
  std::quick_exit(0);
}
