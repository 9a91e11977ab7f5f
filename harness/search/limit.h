// A run that gave up at a limit, by a token.
//
// It may have taken millions of deviations. Most of them do no more than have threads take turns in
// a loop, as they do anyway: so the first few are tried, with the default order after them, and
// then made fewer.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/engine/engine.h"
#include "harness/search/replayer.h"

namespace heddle {

struct LimitSearch {
  // Tried with a lower limit first: a loop that nobody leaves is mostly soon reached. With
  // `later` times as much where it is not, and then as it comes: such runs take long.
  std::uint64_t quick_step_limit = 100'000;
  std::uint64_t later = 20;
  std::uint64_t max_runs = 100;  // of making it smaller, with the first limit
  std::size_t most_deviations = 256;
};

struct LimitRun {
  Schedule schedule;
  GaveUp limit;  // as this schedule has it
};

// Whether threads were in the same loop: `found` and the last steps of its run pass a place,
// callers and all, where a thread of `seen` was.
bool same_loop(const GaveUp& seen, const GaveUp& found, const Trace& last_steps);

// Executes `job` with schedules that begin as `beginning` does. Nothing if none is found that gives
// up in the same loop as `seen`, with the limit of `job` too, and has few deviations. Depends on
// nothing but its arguments and the program.
std::optional<LimitRun> find_limit_run(Replayer& replayer, const Job& job, const GaveUp& seen,
                                       const Schedule& beginning, const LimitSearch& options = {});

// A replay of `job` that records the last of its steps, when all of them were `steps`.
Job last_steps_of(Job job, std::uint64_t steps);
// Or the first: of a run that gave up, for what failed on the way.
Job first_steps_of(Job job);

}  // namespace heddle
