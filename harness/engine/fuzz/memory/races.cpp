// What is made of a data race: a report, and scheduling points.
#include <algorithm>

#include "harness/engine/fuzz/memory/memory.h"

namespace heddle {

void Memory::on_race(const Race& race, const Op& op) {
  Run& run = *g_run;
  if (TraceRecorder* recorder = run.recorder()) {
    if (!is_plain_access(op.kind)) recorder->expect_race();
    recorder->mark_race(race.first_thread, race.first_pc, op.address, op.size);
  }
  const std::uint64_t pair =
      mix(mix(0, std::min(race.first_pc, op.pc)), std::max(race.first_pc, op.pc));
  if (std::find(run_races_.begin(), run_races_.end(), pair) != run_races_.end()) return;
  const RuntimeScope scope;
  run_races_.push_back(pair);
  if (is_plain_access(op.kind) && racy_.add(op.pc)) run.host().learn_racy(op.pc);
  if (!race.first_atomic && racy_.add(race.first_pc)) run.host().learn_racy(race.first_pc);
  if (const KnownFailures::Known* known = run.known().find(pair)) {
    if (run.job().stop_at_race) end_at_race(op, known->key);
    run.result().known_reports.push_back(known->key);
    return;
  }
  Failed failure{.kind = FailureKind::data_race, .message = {}, .places = {}};
  failure.places.push_back(run.here(op));
  OpKind first = race.first_writes ? OpKind::write : OpKind::read;
  if (race.first_atomic) {
    first = race.first_writes ? OpKind::atomic_store : OpKind::atomic_load;
  }
  failure.places.push_back(
      {.thread = race.first_thread,
       .op = {.kind = first, .size = op.size, .address = op.address, .pc = race.first_pc},
       .stack = {},
       .note = {}});
  run.known().add(pair, failure);
  if (run.job().stop_at_race) {
    run.result().outcome = std::move(failure);
    end_at_race(op, {});
  }
  run.result().reports.push_back(std::move(failure));
}

void Memory::end_at_race(const Op& op, std::optional<std::uint64_t> known) {
  Run& run = *g_run;
  run.result().known_end = known;
  // Plain accesses are recorded before they are checked, all others when they are done.
  if (!is_plain_access(op.kind)) run.done(op);
  run.abandon_write();
  run.leave();
}

}  // namespace heddle
