// Numbers of runs, and how workers share them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

namespace heddle {

struct RunRange {
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t part = 0;  // where the part that it is what is left of began
};

// One part a worker, of nearly the same size; none that is empty.
inline std::deque<RunRange> split(RunRange range, std::uint64_t count) {
  std::deque<RunRange> parts;
  const std::uint64_t size = range.end - range.begin;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto at = [&](std::uint64_t k) {
      return range.begin + size / count * k + std::min(k, size % count);
    };
    if (at(i) < at(i + 1)) parts.push_back({at(i), at(i + 1), at(i)});
  }
  return parts;
}

}  // namespace heddle
