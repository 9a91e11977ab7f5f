// How Relacy shall walk through a program's executions, as text for the command line.
#pragma once

#include <optional>
#include <string_view>

namespace heddle {

inline constexpr unsigned kNoContextBound = ~0U;
inline constexpr unsigned kLargestContextBound = 1000;

// A way to walk through a program's executions.
struct RelacySearch {
  bool random = true;
  unsigned bound = kNoContextBound;  // not random: preemptions in a run; kNoContextBound is "full"

  friend bool operator==(const RelacySearch&, const RelacySearch&) = default;
};

// "random", "full", or "bound:N" with N from 0 to 1000; nothing for any other text.
std::optional<RelacySearch> parse_relacy_search(std::string_view text);

}  // namespace heddle
