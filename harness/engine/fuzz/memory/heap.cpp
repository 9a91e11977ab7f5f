// Memory that was freed.
#include <string>

#include "harness/engine/fuzz/memory/memory.h"

namespace heddle {

void Memory::heap_free(Address block, std::size_t size, Address pc) {
  Run& run = *g_run;
  const Op op{.kind = OpKind::heap_free, .address = block, .address2 = block + size, .pc = pc};
  life_point(op);
  // By another thread that went first.
  if (is_freed(shadow_.cell(block))) double_free(block, pc);
  for (const DiesCallback dies : dies_) dies(block, size, pc);
  check_life(op);
  const VectorClock& clock = run.clock();
  const Epoch now = run.now();
  bool raced = false;
  for (Address at = block; at < block + size; at += 8) {
    ShadowCell* cell = shadow_.cell(at);
    if ((cell->split | cell->reads) != 0 ||
        !races_.record_ordered<true>(cell, 0xff, pc, now, clock)) {
      RaceList& races = found_.cleared();
      races_.access<true>(cell, 0xff, pc, now, clock, races);
      // Reported once for the block, with the first accesses that nothing orders.
      if (!raced) {
        on_races(races, {.kind = OpKind::heap_free, .size = 8, .address = at, .pc = pc});
      }
      raced |= !races.empty();
      cell->reads = 0;
      cell->split = 0;
    }
    // Every later access, of this thread too, must come by the slow way.
    cell->history.write = now;
    cell->history.write_access = CodeAndBytes(pc, 0);
    cell->history.read = Epoch();
    cell->sync = kFreedMemory;
  }
}

void Memory::use_after_free(const ShadowCell* cell, const Op& op) {
  const RuntimeScope scope;
  // The other order is worth a try too.
  learn(cell->history.write_access.pc());
  Failed failure{.kind = FailureKind::use_after_free, .message = {}, .places = {}};
  failure.places.push_back(g_run->here(op));
  failure.places.push_back({.thread = cell->history.write.thread(),
                            .op = {.kind = OpKind::heap_free,
                                   .address = op.address,
                                   .pc = cell->history.write_access.pc()},
                            .stack = {},
                            .note = "freed it here"});
  g_run->fail(std::move(failure));
}

void Memory::double_free(Address block, Address pc) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::double_free, .message = {}, .places = {}};
  failure.places.push_back(g_run->here({.kind = OpKind::heap_free, .address = block, .pc = pc}));
  const ShadowCell* cell = shadow_.cell(block);
  if (is_freed(cell)) {
    failure.places.push_back(
        {.thread = cell->history.write.thread(),
         .op = {.kind = OpKind::heap_free, .address = block, .pc = cell->history.write_access.pc()},
         .stack = {},
         .note = "freed it before"});
  }
  g_run->fail(std::move(failure));
}

}  // namespace heddle
