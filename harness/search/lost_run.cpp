#include "harness/search/lost_run.h"

namespace heddle {

Failed no_step_for(std::uint64_t milliseconds) {
  return {.kind = FailureKind::hang,
          .message = "no step for " + std::to_string(milliseconds / 1'000) +
                     " s (seen once, then for a tenth of that); probably an endless loop in code "
                     "that is not instrumented",
          .places = {}};
}

bool is_lost(const Failed& failure) {
  return failure.kind == FailureKind::hang && failure.places.empty();
}

Failed suspended_by_signal() {
  return {.kind = FailureKind::signal,
          .message = "the process was suspended, by SIGSTOP or a signal like it",
          .places = {}};
}

Failed wrote_over_heddle(const std::string& end) {
  return {.kind = FailureKind::signal,
          .message = "the program wrote over memory of Heddle's" +
                     (end.empty() ? end : "; the process " + end),
          .places = {}};
}

Described described_for(const Failed& failure, std::uint64_t run, const SharedProgress& progress) {
  Described described{
      .key = failure_key(failure), .run = run, .failure = failure, .relacy_state = {}};
  const std::uint32_t used = progress.deviations_used;
  if (used <= SharedProgress::kDeviations) {
    described.schedule = Schedule{{progress.deviations, progress.deviations + used}};
  }
  return described;
}

}  // namespace heddle
