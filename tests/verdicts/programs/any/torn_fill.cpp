// Bug: a text is read while another thread fills it.
// Fails: if the reader copies it while it is filled in part.
#include <cassert>
#include <cstddef>
#include <cstring>
#include <thread>

constexpr std::size_t kLength = 48;
char text[kLength];

int main() {
  std::size_t length = kLength;
  // Not known to the compiler, so that there are calls.
  volatile std::size_t* opaque = &length;
  std::thread writer([&] { std::memset(text, 'b', *opaque); });
  char seen[kLength];
  std::memcpy(seen, text, *opaque);
  writer.join();
  for (std::size_t i = 1; i < kLength; ++i) assert(seen[i] == seen[0]);
  return 0;
}
