// How Relacy shall walk through a program's executions, as text for the command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace heddle {

inline constexpr unsigned kNoContextBound = ~0U;
inline constexpr unsigned kLargestContextBound = 1000;

// A way to walk through a program's executions.
struct RelacySearch {
  bool random = true;
  unsigned bound = kNoContextBound;  // not random: preemptions in a run; kNoContextBound is "full"
  // Not random: loads that see no newest store, for each older one that they could have seen, and
  // weak compare-exchanges that fail without cause, in a run.
  unsigned choices = kNoContextBound;

  friend bool operator==(const RelacySearch&, const RelacySearch&) = default;
};

// "random", "full", or "bound:N" with N from 0 to 1000, the latter two with ",choices:N" behind it
// if there is a bound on these; nothing for any other text.
std::optional<RelacySearch> parse_relacy_search(std::string_view text);
std::string to_text(const RelacySearch& search);

}  // namespace heddle
