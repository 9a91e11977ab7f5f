// Correct; a thread waits in a loop that counts its looks, so that no two of them leave the program
// in the same state: there are as many interleavings as numbers, and no search comes to their end.
#include <atomic>
#include <thread>

std::atomic<bool> ready{false};
unsigned long looks = 0;

int main() {
  std::thread other([] { ready = true; });
  while (!ready.load()) ++looks;
  other.join();
  return 0;
}
