// Correct: as torn_fill.cpp, under a mutex.
// Fails: never.
#include <cassert>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <thread>

constexpr std::size_t kLength = 48;
char text[kLength];
std::mutex mutex;

int main() {
  std::size_t length = kLength;
  // Not known to the compiler, so that there are calls.
  volatile std::size_t* opaque = &length;
  std::thread writer([&, size = *opaque] {
    std::lock_guard lock(mutex);
    std::memset(text, 'b', size);
  });
  char seen[kLength];
  {
    std::lock_guard lock(mutex);
    std::memcpy(seen, text, *opaque);
  }
  writer.join();
  for (std::size_t i = 1; i < kLength; ++i) assert(seen[i] == seen[0]);
  return 0;
}
