// Lives of memory and of objects in it. To initialise, to destroy and to free is to write the
// whole: it conflicts with every access, plain, atomic or synchronising. Like a plain access it is
// a scheduling point where it is known to race.
#include <algorithm>
#include <cstdint>

#include "harness/engine/fuzz/memory/access.h"

namespace heddle {

void Memory::life_point(const Op& op) {
  Run& run = *g_run;
  run.next_step();
  // A schedule may name any, see access().
  if (!run.job().replay && !racy_.contains(op.pc)) {
    run.done_here(op);
    return;
  }
  const Op& pending = run.begin_op(op);
  run.point();
  run.done(pending);
}

void Memory::check_life(const Op& op) {
  Run& run = *g_run;
  bool raced = false;
  for_each_location(op, [&](const Location& location) {
    if (raced) return;
    RaceList& races = found_.cleared();
    races_.check_against_atomics(location.atomics, true, run.self().id, run.clock(), races);
    // Reported once for the whole, with the first use that nothing orders.
    Op at = op;
    at.address = location.address;
    at.size = std::max<std::uint8_t>(location.atomic_size, 1);
    on_races(races, at);
    raced = !races.empty();
  });
}

bool Memory::holds_locations(const Op& op) {
  for (Address at = op.address; at < op.address2; at = (at | 7) + 1) {
    if (locations_.first(shadow_.cell(at)) != nullptr) return true;
  }
  return false;
}

void Memory::check_use(const Location& location, Address pc) {
  const Epoch life = location.life;
  if (life.time() <= g_run->clock().get(life.thread())) return;
  learn(location.life_pc);
  on_race({life.thread(), location.life_pc, location.life_kind},
          {.kind = OpKind::object_use, .size = 1, .address = location.address, .pc = pc});
}

void Memory::check_unordered_writes(const Location& location, Address pc) {
  RaceList& races = found_.cleared();
  races_.check_atomic(shadow_.cell(location.address), byte_mask(location.address, 1), false,
                      g_run->clock(), races);
  on_races(races, {.kind = OpKind::object_use, .size = 1, .address = location.address, .pc = pc});
}

}  // namespace heddle
