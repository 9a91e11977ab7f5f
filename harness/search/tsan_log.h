// What ThreadSanitizer has printed, in a log that somebody has: the data races in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace heddle {

struct LoggedFrame {
  std::string function;  // demangled
  std::string file;      // empty: built without -g
  unsigned line = 0;

  friend bool operator==(const LoggedFrame&, const LoggedFrame&) = default;
};

struct LoggedAccess {
  std::string what;  // "Write of size 4", "Previous atomic read of size 8"
  bool writes = false;
  std::vector<LoggedFrame> frames;  // innermost first
};

// Two accesses, the later one first, as it prints them.
struct LoggedRace {
  LoggedAccess later;
  LoggedAccess earlier;
};

struct TsanLog {
  std::vector<LoggedRace> races;  // in their order, equal ones once
  std::size_t others = 0;  // warnings that are no two accesses, or of which a part is missing
};

// Other lines may stand before, between and, as other threads print them, within the warnings, and
// before each line what a logger puts there.
TsanLog parse_tsan_log(std::string_view text);

}  // namespace heddle
