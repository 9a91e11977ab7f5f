// What a search has been through, beside what it found.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace heddle {

// What a strategy promises: a bug that needs `depth` ordering constraints shows in a run with at
// least this probability, in a program of so many threads whose runs make at most so many
// decisions.
struct DepthBound {
  unsigned depth = 0;
  std::uint64_t threads = 0;
  std::uint64_t decisions = 0;
  double per_run = 0;

  // How likely so many runs have missed it, at most.
  double missed_by(std::uint64_t runs) const {
    return std::exp(static_cast<double>(runs) * std::log1p(-std::min(per_run, 1.0)));
  }

  friend bool operator==(const DepthBound&, const DepthBound&) = default;
};

struct Coverage {
  // The first run that is counted here, from 0: earlier ones did not yet know of a place that
  // races, so that their interleavings were of other steps.
  std::uint64_t from_run = 0;
  std::uint64_t distinct = 0;  // interleavings: runs that differ as partial orders
  bool exact = true;           // else the numbers of interleavings are estimates
  // Of them, first seen in the last tenth of the runs; nothing where there are too few runs, or an
  // interrupted search has left gaps between them.
  std::optional<std::uint64_t> late{};
  // Decisions a run: points at which more than one thread could go, and other open choices.
  std::uint64_t fewest_decisions = 0;
  std::uint64_t most_decisions = 0;
  double mean_decisions = 0;
  std::optional<DepthBound> bound{};

  friend bool operator==(const Coverage&, const Coverage&) = default;
};

}  // namespace heddle
