#include "harness/report/process_words.h"

#include <gtest/gtest.h>

#include "harness/report/names.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

NotAsFresh seen(ProcessRuns failed, ProcessRuns runs) {
  NotAsFresh unlike;
  unlike.own_processes = true;
  unlike.failures.push_back(
      {.failure = {.kind = FailureKind::assertion, .message = "sum == 2", .places = {}},
       .count = failed.first + failed.later,
       .failed = failed,
       .runs = runs});
  return unlike;
}

TEST(ProcessWords, what_only_processes_of_many_runs_show_may_be_heddles_fault) {
  const FakeSymbols symbols{{}, {}};
  Names names{symbols};
  EXPECT_EQ(not_as_fresh_text(seen({.first = 0, .later = 40}, {.first = 60, .later = 50}), names),
            "not repeatable inside one process, by what a run leaves behind, which is Heddle's "
            "fault, or by the time that first runs take: "
            "\"assertion failed: sum == 2\" in none of 60 first runs of a process, and in 40 of 50 "
            "later ones; so the runs above had a process each");
}

TEST(ProcessWords, what_only_first_runs_show_is_the_programs) {
  const FakeSymbols symbols{{}, {}};
  Names names{symbols};
  EXPECT_EQ(not_as_fresh_text(seen({.first = 40, .later = 0}, {.first = 60, .later = 50}), names),
            "seen only in the first run of a process: \"assertion failed: sum == 2\" in 40 of 60 "
            "first runs of a process, and in none of 50 later ones; so the runs above had a "
            "process each");
}

}  // namespace
}  // namespace heddle
