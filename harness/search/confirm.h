// Confirm before you say: what a process of many runs shows counts as the program's only if fresh
// processes have nothing against it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "harness/engine/engine.h"
#include "harness/runtime/channel.h"
#include "harness/search/first_runs.h"
#include "harness/search/fresh_replays.h"
#include "harness/search/result.h"
#include "harness/search/worker_process.h"

namespace heddle {

// A failure as the runs of a search have shown it.
struct Found {
  Failed failure{};
  std::uint64_t count = 0;
  std::uint64_t first_run = 0;
  bool described = false;
  std::optional<Token> token{};

  // Has the description, and what replays the run, of a worker.
  void take(Described& described, EngineKind engine);
};

using FoundFailures = std::map<std::uint64_t, Found>;  // by failure_key()

class Confirmation {
 public:
  // `job`, `lost_ms`: as FreshReplays has them. `replays`: else no run is repeated.
  Confirmation(const WorkerOptions& worker, const Job& job, std::uint32_t lost_ms, bool replays)
      : job_(job), lost_ms_(lost_ms), has_replays_(replays), replays_(worker, job, lost_ms) {}

  // ---- fuzz and relacy: runs are repeated

  void sample(Sampled sample) {
    if (has_replays_) replays_.want(std::move(sample));
  }
  // Has it tried now; it need not be waited for.
  void begin(std::uint64_t key, const Found& found);
  // Whether the failure counts, as far as that can be found out.
  bool confirm(std::uint64_t key, const Found& found);
  // Tries each failure by the token that it has now. `at_end`: with all samples; else with those
  // wanted before the last call, for what this finds must not depend on how long they take.
  void check(const FoundFailures& found, bool at_end);
  // Some failure has not come again, of those tried so far.
  bool any_absent(const FoundFailures& found) const;
  // Has a process of many runs make one of them again that a fresh process has made.
  void repeat_in(WorkerProcess& worker);

  // ---- real threads: first runs are counted

  FirstRuns& first_runs() { return first_runs_; }

  // ---- what has come of it

  // Runs that shared a process are not as in fresh ones.
  bool differs(const FoundFailures& found) const;
  // Which of the failures count goes to the findings, the rest to EngineResult::not_as_fresh, and
  // the number of failed runs is put right.
  void settle(FoundFailures found, EngineResult& result) const;

 private:
  bool repeats() const;
  bool counts(std::uint64_t key) const;
  FreshProcess fresh(std::uint64_t key) const;

  const Job job_;
  const std::uint32_t lost_ms_;
  const bool has_replays_;
  FreshReplays replays_;
  FirstRuns first_runs_;
  std::optional<Divergence> difference_;  // Heddle's fault
  std::optional<Divergence> of_program_;  // two fresh processes have differed
};

// Whether runs of this engine are those of real threads, which cannot be repeated.
bool has_real_threads(EngineKind engine);

// Adds to a search whose runs had a process each what one before it has found in vain: the
// differences, and failures of fresh processes that did not show again.
void take_over(EngineResult& apart, EngineResult before);

}  // namespace heddle
