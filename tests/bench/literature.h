// The standard programs of the literature: how many runs to the first failure, by strategy, beside
// the best figures published.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heddle::bench {

struct LiteratureOptions {
  std::uint64_t seeds = 20;
  std::uint64_t cap = 10'000;  // runs after which a search has not found it
  std::vector<std::string> strategies = {"random", "pct", "pos", "surw", "rff", "auto"};
  std::vector<std::string> programs;  // by their first word; empty: all
};

// Throws std::runtime_error if a figure would mean something else than it says.
void show_literature(const LiteratureOptions& options);

}  // namespace heddle::bench
