// Memory that was freed.
#include <algorithm>
#include <span>
#include <string>

#include "harness/engine/fuzz/memory/memory.h"
#include "harness/engine/native/memory_limit.h"

namespace heddle {
namespace {

bool is_thread_local(ThreadId thread, Address address) {
  for (const std::span<unsigned char> variables : g_run->tls().programs_own(thread)) {
    const Address begin = reinterpret_cast<Address>(variables.data());
    if (address >= begin && address < begin + variables.size()) return true;
  }
  return false;
}

}  // namespace

void Memory::heap_free(Address block, std::size_t size, Address pc) {
  const Op op{.kind = OpKind::heap_free, .address = block, .address2 = block + size, .pc = pc};
  life_point(op);
  // By another thread that went first.
  if (is_freed(shadow_.cell(block))) double_free(block, pc);
  free(op);
}

// Who got the block has written it, until there are writes to it that hooks tell of: what calloc()
// and realloc() leave there, and what g++ has a function store that returns what `new` makes (no
// hook tells of that). ThreadSanitizer takes it so too.
void Memory::heap_allocate(Address block, std::size_t size, Address pc) {
  // Of large ones the beginning, as of thread_local variables.
  constexpr std::size_t kMostWatched = 1 << 16;
  heap_allocate_alone(block, size, pc);
  races_.be_born(shadow_, block, std::min(size, kMostWatched), pc, g_run->now());
}

void Memory::heap_allocate_alone(Address block, std::size_t size, Address pc) {
  g_run->next_step();
  g_run->done_here(
      {.kind = OpKind::heap_allocate, .address = block, .address2 = block + size, .pc = pc});
}

void Memory::thread_local_dies(Address begin, std::size_t size, Address pc) {
  // Of large ones the beginning: to watch all would take a multiple of their own size.
  constexpr std::size_t kMostWatched = 1 << 16;
  // Whole words: what lies beside them dies with the thread too.
  const Op op{.kind = OpKind::heap_free,
              .address = begin & ~Address{7},
              .address2 = (begin + std::min(size, kMostWatched) + 7) & ~Address{7},
              .pc = pc};
  life_point(op);
  free(op);
}

void Memory::free(const Op& op) {
  Run& run = *g_run;
  const Address block = op.address;
  const std::size_t size = op.address2 - block;
  const Address pc = op.pc;
  for (const DiesCallback dies : dies_) dies(block, size, pc);
  if (holds_locations(op)) {
    for (const DiesCallback dies : locations_die_) dies(block, size, pc);
    check_life(op);
  }
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
  const Op& pending = g_run->self().op;
  g_run->done_unseen(pending.address == op.address ? pending : op);
  Failed failure{.kind = FailureKind::use_after_free, .message = {}, .places = {}};
  failure.places.push_back(g_run->here(op));
  const ThreadId owner = cell->history.write.thread();
  const bool thread_local_one = is_thread_local(owner, op.address);
  if (thread_local_one) failure.kind = FailureKind::use_after_return;
  failure.places.push_back({.thread = owner,
                            .op = {.kind = OpKind::heap_free,
                                   .address = op.address,
                                   .pc = cell->history.write_access.pc()},
                            .stack = {},
                            .note = thread_local_one
                                        ? "has ended, and its thread_local variables with it"
                                        : "freed it here"});
  g_run->fail(std::move(failure));
}

void Memory::double_free(Address block, Address pc) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::double_free, .message = {}, .places = {}};
  failure.places.push_back(g_run->here({.kind = OpKind::heap_free, .address = block, .pc = pc}));
  const ShadowCell* cell = shadow_.cell(block);
  if (is_freed(cell)) {
    learn(pc);
    learn(cell->history.write_access.pc());
    failure.places.push_back(
        {.thread = cell->history.write.thread(),
         .op = {.kind = OpKind::heap_free, .address = block, .pc = cell->history.write_access.pc()},
         .stack = {},
         .note = "freed it before"});
  }
  g_run->fail(std::move(failure));
}

void Memory::out_of_memory(Address pc) {
  const RuntimeScope scope;
  Failed failure{
      .kind = FailureKind::out_of_memory, .message = native::memory_limit::words(), .places = {}};
  failure.places.push_back(g_run->here({.kind = OpKind::failure, .pc = pc}));
  // What the shadow has of this run it keeps: the next one would find less than this one had.
  g_run->fail_and_leave_process(std::move(failure));
}

}  // namespace heddle
