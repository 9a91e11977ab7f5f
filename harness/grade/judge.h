// What the engines see of a program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/grade/build.h"
#include "harness/grade/rubric.h"
#include "harness/grade/sandbox.h"

namespace heddle::grade {

struct SeenFailure {
  Part part = Part::correct;  // that is lost by it
  std::string kind;           // "data race"
  std::string headline;       // with threads and lines
  std::uint64_t count = 0;    // runs
};

struct Seen {
  std::string engine;
  bool hidden_test = false;  // with one of Rubric::hidden_tests
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
  std::uint64_t gave_up = 0;
  std::string claim;  // as reports word it; may be empty
  std::string error;  // why the engine could not be used, or not to its end; may be empty
  std::vector<SeenFailure> failures;
};

struct Evidence {
  std::vector<Seen> seen;  // each engine that the budget has runs for
  bool met = false;        // two threads were at once in Rubric::parallel
  std::string report;      // of fuzz, with the interleaving; empty unless asked for, or all is well
  std::string cut_short;   // why not everything was run: "it takes too much memory"

  const Seen* find(const std::string& engine) const;  // with the test that is given
};

// `interleavings`: with Evidence::report, in which `name` stands for the program.
Evidence judge(const Built& built, const Rubric& rubric, const Sandbox& sandbox, const Room& room,
               const std::string& library_dir, const std::string& name, bool interleavings);

}  // namespace heddle::grade
