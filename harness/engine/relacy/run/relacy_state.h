// What says which of its runs Relacy shall repeat, as text for tokens: letters, digits and '-'
// only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fuzz/relacy_search.h"

namespace heddle {

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
