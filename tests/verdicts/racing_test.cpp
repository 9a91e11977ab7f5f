// Programs whose threads race on plain variables: an exhaustive search must see all that can come
// of them, as if each access were a relaxed atomic one. Over programs that rapidcheck makes, each
// access of each step with a code address of its own, and against an enumeration that shares
// nothing with Heddle.
//
//   HEDDLE_GENERATED=20000 ctest --preset default -R Racing     so many programs in place of 2 000
//
// What is known of accesses that race is learned in the runs, and each part of that rule has
// programs here that miss an outcome without it. These changes to it are found:
// - an access of the thread that raced already is taken for one that was seen since the thread
//   last synchronised (`s01s02|l00`: the second store never is a point);
// - of the two accesses of a race only the one that finds it is learned;
// - the accesses of a location that races are learned in the run that finds it, and forgotten for
//   the next; or by the address of the data, which on the heap is another one in the next
//   (layout h);
// - a race on some bytes marks only accesses of the same size, or at the same first byte (W and R
//   against the others, layout a);
// - only reads, or only writes, are learned;
// - of an access that races with several others only one of those is learned (`s02l12t12|W01`), or
//   with the code address of another access to the same 8 bytes (`l01c01|s01`);
// - an access that has become a point is not executed as one where it comes again, in a loop (n)
//   or in a function that all threads share (u, d);
// - the search ends at the first run that learns nothing, or is not begun anew after one that did:
//   what t and g do behind their first access is reached in some orders only.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "racing_program.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

using Outcomes = std::set<std::string>;

// A few for each order of the accesses (see racing_program()).
constexpr std::uint64_t kMostRuns = 200'000;

Outcomes explored(const std::string& program, std::vector<std::string> args,
                  const std::string& strategy) {
  SearchOptions options = search_options(program, EngineKind::fuzz, kMostRuns);
  // Each outcome is a failure of its own, and there are dozens.
  options.confirms = false;
  options.worker.args = std::move(args);
  options.job.strategy = strategy;
  const EngineResult result = search_once(options);
  if (result.error.has_value()) throw std::runtime_error(*result.error);
  if (!result.exhausted) throw std::runtime_error(strategy + " has not come to its end");
  Outcomes outcomes;
  for (const Finding& finding : result.findings) {
    if (finding.failure.kind == FailureKind::data_race) continue;
    outcomes.insert(finding.failure.kind == FailureKind::assertion
                        ? finding.failure.message
                        : std::string(to_string(finding.failure.kind)));
  }
  return outcomes;
}

std::string without(const Outcomes& from, const Outcomes& those) {
  std::string text;
  for (const std::string& outcome : from) {
    if (!those.contains(outcome)) text += " " + outcome;
  }
  return text;
}

// What is wrong with the search; empty if nothing is.
std::string difference(const Outcomes& found, const Outcomes& expected) {
  if (found == expected) return {};
  return "not found:" + without(expected, found) +
         "; found and impossible:" + without(found, expected);
}

void expect_outcomes(const Outcomes& found, const Outcomes& expected, const std::string& search) {
  const std::string wrong = difference(found, expected);
  if (!wrong.empty()) RC_FAIL(search + ": " + wrong);
}

void check(const RacingProgram& program) {
  static const std::string kInterpreter = program_path("racing");
  const std::string text = to_text(program);
  RC_LOG() << text << "\n";
  const Outcomes expected = outcomes_of(program);
  expect_outcomes(explored(kInterpreter, {"plain", text}, "dfs"), expected, "dfs");
  // A search costs more to start than to make, so each of the others is for a quarter.
  const std::size_t quarter = std::hash<std::string>{}(text) % 4;
  if (quarter == 0) {
    expect_outcomes(explored(kInterpreter, {"plain", text}, "dpor"), expected, "dpor");
  } else if (quarter == 1) {
    expect_outcomes(explored(kInterpreter, {"atomic", text}, "dfs"), expected, "dfs, atomic");
  }
}

unsigned programs_in_all() {
  const char* wanted = std::getenv("HEDDLE_GENERATED");
  return wanted == nullptr ? 2'000U : static_cast<unsigned>(std::strtoul(wanted, nullptr, 10));
}

constexpr int kSeeds = 4;

class Racing : public testing::TestWithParam<int> {};

TEST_P(Racing, plain_variables_have_the_outcomes_of_atomic_ones) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  EXPECT_TRUE(check_programs(seed, programs_in_all() / kSeeds, [] { check(*racing_program()); }));
}

INSTANTIATE_TEST_SUITE_P(seeds, Racing, testing::Range(1, kSeeds + 1),
                         [](const auto& parameter) { return std::to_string(parameter.param); });

// ---- those of which an outcome was missed once
// -----------------------------------------------------

class KnownRacing : public testing::TestWithParam<std::string> {};

TEST_P(KnownRacing, has_the_outcomes_that_are_possible) {
  const std::string text = GetParam();
  const Outcomes expected = outcomes_of(racing_program_of(text));
  for (const char* strategy : {"dfs", "dpor"}) {
    for (const char* variables : {"plain", "atomic"}) {
      const Outcomes found = explored(program_path("racing"), {variables, text}, strategy);
      EXPECT_EQ(difference(found, expected), "") << strategy << ", " << variables;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(programs, KnownRacing,
                         testing::Values("f|s01s02|l00", "f|p01|s01", "f|u01d01|u01d01",
                                         "f|L00p01U00|s01", "a|n01|R00", "p|n11|c01",
                                         // An access races with several, of which each is learned.
                                         "s|s02l12t12|W01",
                                         // By accesses to its neighbours, one is taken for another.
                                         "a|l01c01|s01", "a|g01c01|s01", "a|l01L00c01U00|t01g01"),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           std::replace(name.begin(), name.end(), '|', '_');
                           return name;
                         });

// ---- the same as ordinary programs, not optimised
// --------------------------------------------------

// As in programs/CMakeLists.txt.
std::string driver(const std::string& label) {
  const bool own_is_clang = std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos;
  if ((label == "clang") == own_is_clang) return HEDDLE_TEST_CXX;
  return label == "clang" ? "clang++-19" : "g++";
}

// One executable of all of them, which executes the one whose number is its argument.
void build(const std::string& label, const std::vector<RacingProgram>& programs,
           const std::string& source, const std::string& executable) {
  std::ofstream text(source);
  text << racing_prelude();
  std::string names;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const std::string name = "program" + std::to_string(i);
    text << to_source(programs[i], name);
    names += name + ", ";
  }
  text << "\nint main(int, char** argv) {\n  void (*const programs[])() = {" << names
       << "};\n  programs[atoi(argv[1])]();\n}\n";
  text.close();
  std::vector<std::string> command = {driver(label),       "-std=c++17", "-g",   "-O0",
                                      "-fsanitize=thread", "-pthread",   source, "-o",
                                      executable};
  if (label == "clang") {
    // Without the second, a read that a write to the same place follows is no access of its own.
    command.insert(command.end(),
                   {"-shared-libsan", "-mllvm", "-tsan-instrument-read-before-write=1"});
  }
  const Ended built = run_process(command);
  ASSERT_EQ(built.status, 0) << built.err;
}

class RacingSource : public testing::TestWithParam<std::string> {};

TEST_P(RacingSource, has_the_outcomes_that_are_possible) {
  constexpr std::size_t kPrograms = 300;
  std::vector<RacingProgram> programs;
  for (std::size_t i = 0; i < kPrograms; ++i) {
    constexpr int kSize = 100;
    programs.push_back(racing_program()(rc::Random(i), kSize).value());
  }
  const TemporaryFolder folder;
  const std::string executable = folder / "programs";
  ASSERT_NO_FATAL_FAILURE(build(GetParam(), programs, folder / "programs.cpp", executable));
  for (std::size_t i = 0; i < kPrograms; ++i) {
    const Outcomes found = explored(executable, {std::to_string(i)}, "dfs");
    EXPECT_EQ(difference(found, outcomes_of(programs[i])), "") << to_text(programs[i]);
  }
}

std::vector<std::string> compilers() {
  std::vector<std::string> labels;
  std::istringstream list(HEDDLE_TEST_ANY_COMPILERS);
  for (std::string label; std::getline(list, label, ',');) labels.push_back(label);
  return labels;
}

INSTANTIATE_TEST_SUITE_P(compilers, RacingSource, testing::ValuesIn(compilers()),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace
}  // namespace heddle::verdicts
