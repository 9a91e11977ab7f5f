// What says which of its runs Relacy shall repeat, as text for tokens: letters, digits and '-'
// only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace heddle {

inline constexpr unsigned kNoContextBound = ~0U;

// A way to walk through a program's executions.
struct RelacySearch {
  bool random = true;
  unsigned bound = kNoContextBound;  // not random: preemptions in a run; kNoContextBound is "full"

  friend bool operator==(const RelacySearch&, const RelacySearch&) = default;
};

// "random", "full", or "bound:N" with N from 0 to 1000; nothing for any other text.
std::optional<RelacySearch> parse_relacy_search(std::string_view text);

// A random run is known by its number and the seed: "r-SEED-RUN".
struct RandomRun {
  std::uint64_t seed = 0;
  std::uint64_t run = 0;

  friend bool operator==(const RandomRun&, const RandomRun&) = default;
};

// A run of a full or bounded search is known by the branch it took at each choice: "f-0120" or
// "b2-0120", a character a choice, with "x25x" after a character for 25 more of it. Zeros at the
// end are left out: past its path a search takes the first branch everywhere.
struct TreeRun {
  unsigned bound = kNoContextBound;
  std::vector<std::uint8_t> path;  // each less than 32

  friend bool operator==(const TreeRun&, const TreeRun&) = default;
};

using RelacyState = std::variant<RandomRun, TreeRun>;

std::string to_text(const RelacyState& state);
// Nothing if `text` is not what to_text() makes.
std::optional<RelacyState> parse_relacy_state(std::string_view text);

}  // namespace heddle
