// What is made of a data race: a report, and scheduling points.
//
// Which plain accesses are scheduling points is learned by running. Let R be the code addresses
// that are known to race. In a run every access by R is a point; the detector adds what races with
// it, and every access to bytes that race in this run, by whatever code address, is added too. A
// search is over when it has ended and nothing new was added (search/ begins it anew otherwise).
//
// Why that is enough for an exhaustive search. Say some execution has a race of which one access,
// c, is not in R, and take the first such one. What comes before it races only within R, so it is
// an execution that was run, up to the order of steps that commute. There another access b stands
// beside c, unordered with it. Either the detector has c as the last access of its kind to these
// bytes, and adds it. Or an access w by the same thread, or ordered after c, hides it. It came
// after c (the detector keeps the last, also where a thread comes by again and again without any
// synchronisation between), and races with b as well, so it is in R and a point: the execution in
// which b comes before w was run too, and has one access fewer between c and b. In the end none is
// left: a contradiction.
//
// Code addresses are kept from run to run, since addresses of data differ between schedules. Within
// a run bytes are marked, since a code address that has not been seen to race may access what does.
#include <algorithm>

#include "harness/engine/fuzz/memory/access.h"

namespace heddle {

template <typename Visit>
void Memory::for_each_cell(Address address, std::size_t size, Visit visit) {
  const Address end = address + size;
  for (Address at = address; at < end;) {
    const Address next = std::min((at | 7) + 1, end);
    visit(shadow_.cell(at), byte_mask(at, static_cast<unsigned>(next - at)));
    at = next;
  }
}

void Memory::learn(Address pc) {
  const RuntimeScope scope;
  if (racy_.add(pc)) g_run->host().learn_racy(pc);
}

void Memory::mark_racing(Address address, std::size_t size) {
  for_each_cell(address, size, [this](ShadowCell* cell, std::uint8_t mask) {
    if (cell->racing == 0) {
      const RuntimeScope scope;
      racing_.push_back(cell);
    }
    cell->racing |= mask;
  });
}

void Memory::mark_if_shared(Address address, std::size_t size) {
  const ThreadId self = g_run->self().id;
  for_each_cell(address, size, [&](ShadowCell* cell, std::uint8_t mask) {
    if ((cell->racing & mask) == mask || !races_.touched_by_another(cell, mask, self)) return;
    if (cell->racing == 0) {
      const RuntimeScope scope;
      racing_.push_back(cell);
    }
    cell->racing |= mask;
  });
}

bool Memory::races(Address address, std::size_t size, Address pc) const {
  if (racy_.contains(pc)) return true;
  const Address end = address + size;
  for (Address at = address; at < end; at = (at | 7) + 1) {
    const ShadowCell* cell = shadow_.find(at);
    const Address next = std::min((at | 7) + 1, end);
    if (cell != nullptr && (cell->racing & byte_mask(at, static_cast<unsigned>(next - at))) != 0) {
      return true;
    }
  }
  return false;
}

void Memory::on_race(const Race& race, const Op& op) {
  if ((race.first_pc & CodeAndBytes::kMerged) != 0) {
    blurred_ = true;
    return;
  }
  Run& run = *g_run;
  if (TraceRecorder* recorder = run.recorder()) {
    // Of an atomic operation the event is yet to come.
    if (!is_plain_access(op.kind) && !is_life(op.kind)) recorder->expect_race();
    recorder->mark_race(race.first_thread, race.first_pc, op.address, op.size);
  }
  mark_racing(op.address, op.size);
  const std::uint64_t pair =
      mix(mix(0, std::min(race.first_pc, op.pc)), std::max(race.first_pc, op.pc));
  if (std::find(run_races_.begin(), run_races_.end(), pair) != run_races_.end()) return;
  const RuntimeScope scope;
  run_races_.push_back(pair);
  if (is_plain_access(op.kind) || is_life(op.kind)) learn(op.pc);
  if (is_plain_access(race.first_kind)) learn(race.first_pc);
  if (const KnownFailures::Known* known = run.known().find(pair)) {
    if (run.job().stop_at_race) end_at_race(op, known->key);
    run.result().known_reports.push_back(known->key);
    return;
  }
  Failed failure{.kind = FailureKind::data_race, .message = {}, .places = {}};
  failure.places.push_back(run.here(op));
  failure.places.push_back(
      {.thread = race.first_thread,
       .op = {.kind = race.first_kind, .size = op.size, .address = op.address, .pc = race.first_pc},
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
