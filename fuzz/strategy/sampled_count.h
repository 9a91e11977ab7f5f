// How many executions a program has, no two of which have the same partial order: an estimate from
// random descents into the tree that a search with sleep sets (P. Godefroid, "Partial-Order Methods
// for the Verification of Concurrent Systems", 1996) would go through. A descent that takes one of
// k branches at random stands for k (D. E. Knuth, "Estimating the Efficiency of Backtrack
// Programs", 1975); one that ends asleep stands for none. Many go down side by side, and those that
// stand for much go on as several, those for little not at all (D. Aldous, U. Vazirani, "Go With
// the Winners", 1994), which changes nothing of what is expected.
#pragma once

#include <cstdint>

#include "fuzz/strategy/program_model.h"

namespace heddle {

struct SampledCount {
  double count = 0;    // 0: none of the descents came to an end
  double guessed = 0;  // the share of that in which some step follows from nothing that was seen
};

SampledCount sampled_count(const ProgramModel& program, std::uint64_t seed);

}  // namespace heddle
