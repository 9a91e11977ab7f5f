#include "harness/model/memory_size.h"

#include <array>

namespace heddle {

std::string memory_words(std::uint64_t bytes) {
  constexpr std::array kUnits = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
  constexpr std::uint64_t kStep = 1024;
  std::size_t unit = 0;
  std::uint64_t size = 1;
  while (unit + 1 < kUnits.size() && bytes / size >= kStep) {
    size *= kStep;
    ++unit;
  }
  const std::uint64_t whole = bytes / size;
  std::string text = std::to_string(whole);
  // A digit more where it is a tenth of the whole or nearly so.
  constexpr std::uint64_t kExact = 10;
  const std::uint64_t tenth = bytes % size * kExact / size;
  if (whole < kExact && tenth != 0) text += '.' + std::to_string(tenth);
  return text + ' ' + kUnits[unit];
}

std::string out_of_memory_words(std::uint64_t limit) {
  return "the program asked for more than its share of a worker's memory, " + memory_words(limit) +
         " (--memory)";
}

}  // namespace heddle
