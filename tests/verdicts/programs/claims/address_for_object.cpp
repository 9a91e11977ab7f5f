// Bug: takes two objects for the same one as long as their addresses are equal.
// Fails: if an allocation gets what was freed last, which the C library's does and an engine that
//        keeps freed memory does not.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex lock;
int* current = new int(1);
int* cached = nullptr;
int value = 0;

void look() {
  const std::lock_guard<std::mutex> guard(lock);
  if (current != cached) {
    cached = current;
    value = *current;
  }
  assert(value == *current);
}

int main() {
  look();
  std::thread other([] {
    const std::lock_guard<std::mutex> guard(lock);
    delete current;
    current = new int(2);
  });
  look();
  other.join();
  look();
  return 0;
}
