#include "harness/engine/native/memory_limit.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

#include "harness/engine/native/raw_system.h"
#include "harness/model/memory_size.h"

namespace heddle::native::memory_limit {
namespace {

// The supervisor ends the process at the limit itself. Before that, this much of it.
constexpr std::uint64_t kPart = 8;

constinit std::uint64_t g_limit = 0;
constinit std::uint64_t g_share = 0;  // the program's
constinit std::array<char, 128> g_words = {};

// Bytes of memory that the process has; 0 if nobody says.
std::uint64_t resident() {
  const long file = system_call(SYS_openat, AT_FDCWD, as_argument("/proc/self/statm"), O_RDONLY);
  if (file < 0) return 0;
  std::array<char, 128> text{};
  const long size = system_call(SYS_read, file, as_argument(text.data()), text.size() - 1);
  system_call(SYS_close, file);
  // The second number, in pages.
  std::uint64_t numbers[2] = {};
  std::size_t at = 0;
  for (std::uint64_t& number : numbers) {
    while (static_cast<long>(at) < size && text[at] == ' ') ++at;
    for (; static_cast<long>(at) < size && text[at] >= '0' && text[at] <= '9'; ++at) {
      number = number * 10 + static_cast<std::uint64_t>(text[at] - '0');
    }
  }
  constexpr std::uint64_t kPage = 4096;
  return numbers[1] * kPage;
}

}  // namespace

void set(std::uint64_t bytes, EngineKind engine) {
  g_share = programs_share(bytes, engine);
  if (bytes == g_limit) return;
  g_limit = bytes;
  const std::string text = out_of_memory_words(bytes);
  const std::size_t size = text.copy(g_words.data(), g_words.size() - 1);
  g_words[size] = '\0';
}

bool may_grow(std::size_t bytes) {
  return bytes < g_share || resident() < g_limit - g_limit / kPart;
}

const char* words() {
  return g_words.data();
}

}  // namespace heddle::native::memory_limit
