#include "harness/search/minimize.h"

#include <algorithm>
#include <utility>

#include "fuzz/shrink/shrink.h"

namespace heddle {
namespace {

// The trace of the smallest schedule, and how many of its switches left a thread that could have
// gone on.
void add_trace(MinimalInterleaving& minimal, JobDone run) {
  minimal.trace = std::move(run.trace);
  minimal.preemptions = static_cast<unsigned>(
      std::count_if(minimal.trace.events.begin(), minimal.trace.events.end(),
                    [](const Event& event) { return event.why == SwitchReason::preempted; }));
}

}  // namespace

std::optional<MinimalInterleaving> minimize(Replayer& replayer, const Job& job,
                                            const Finding& finding, const MinimizeLimits& limits) {
  if (!finding.token.has_value()) return std::nullopt;
  const std::uint64_t key = failure_key(finding.failure);
  MinimalInterleaving minimal;
  minimal.token = *finding.token;
  minimal.deviations_before = finding.token->schedule.deviations.size();

  Job replay = job;
  replay.engine = finding.token->engine;
  replay.record_trace = false;
  replay.relacy_state = finding.token->relacy_state;
  if (finding.token->engine == EngineKind::fuzz) {
    const ShrinkResult shrunk = shrink(finding.token->schedule,
                                       [&](const Schedule& candidate) -> ShrinkVerdict {
                                         replay.schedule = candidate;
                                         auto run = replayer.replay(replay);
                                         const auto* done = std::get_if<JobDone>(&run);
                                         if (done == nullptr) return false;
                                         return {shows_failure(*done, key), done->schedule};
                                       },
                                       {.max_runs = limits.max_runs, .max_time = limits.max_time});
    if (!shrunk.reproduced) return std::nullopt;
    minimal.token.schedule = shrunk.schedule;
    minimal.one_minimal = shrunk.one_minimal;
    minimal.shrink_runs = shrunk.runs;
    replay.schedule = shrunk.schedule;
  }
  replay.record_trace = true;
  auto run = replayer.replay(replay);
  auto* done = std::get_if<JobDone>(&run);
  if (done == nullptr || !shows_failure(*done, key)) return std::nullopt;
  add_trace(minimal, std::move(*done));
  return minimal;
}

}  // namespace heddle
