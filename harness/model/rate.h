// How often something happened, and what that says about how often it will.
#pragma once

#include <cstdint>

namespace heddle {

struct Rate {
  std::uint64_t hits = 0;
  std::uint64_t runs = 0;
};

// Both ends in [0, 1].
struct Interval {
  double low = 0;
  double high = 1;
};

// hits / runs; 0 for no runs.
double fraction(Rate rate);

// The 95 % score interval of Wilson (JASA 1927); [0, 1] for no runs.
Interval wilson_interval(Rate rate);

// The largest failure rate that still lets `runs` runs pass with probability 5 %: exactly
// 1 - 0.05^(1/runs), for which 3/runs is the familiar estimate. 1 for no runs.
double zero_failure_bound(std::uint64_t runs);

}  // namespace heddle
