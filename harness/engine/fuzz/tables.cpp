#include "harness/engine/fuzz/tables.h"

#include <algorithm>

#include "harness/engine/fiber/fiber_signals.h"
#include "harness/engine/fuzz/memory/access.h"
#include "harness/engine/fuzz/objects/objects.h"
#include "harness/engine/fuzz/world/world.h"

namespace heddle {
namespace {

template <bool kReplay, bool kWrite, unsigned kSize>
void access(Address address, Address pc) {
  g_memory->access<kReplay, kWrite>(address, kSize, pc);
}

template <bool kReplay, bool kWrite>
void range(Address address, std::size_t size, Address pc) {
  // One scheduling point for the whole of it, as for any other access.
  constexpr std::size_t kMost = std::size_t{1} << 30;
  if constexpr (kReplay) g_memory->begin_range();
  g_memory->access<kReplay, kWrite>(address, static_cast<unsigned>(std::min(size, kMost)), pc);
}

template <bool kReplay>
void answer_accesses(EngineTable& table) {
  table.read[0] = access<kReplay, false, 1>;
  table.read[1] = access<kReplay, false, 2>;
  table.read[2] = access<kReplay, false, 4>;
  table.read[3] = access<kReplay, false, 8>;
  table.read[4] = access<kReplay, false, 16>;
  table.write[0] = access<kReplay, true, 1>;
  table.write[1] = access<kReplay, true, 2>;
  table.write[2] = access<kReplay, true, 4>;
  table.write[3] = access<kReplay, true, 8>;
  table.write[4] = access<kReplay, true, 16>;
  table.read_range = range<kReplay, false>;
  table.write_range = range<kReplay, true>;
}

void answer_alone(EngineTable& table) {
  for (auto& read : table.read) read = [](Address, Address) { g_memory->access_alone(); };
  for (auto& write : table.write) write = [](Address, Address) { g_memory->access_alone(); };
  table.read_range = [](Address, std::size_t, Address) { g_memory->access_alone(); };
  table.write_range = table.read_range;
  table.heap_allocate = Memory::heap_allocate_alone;
}

void answer_memory(EngineTable& table) {
  table.atomic_load = [](Address a, unsigned size, MemoryOrder order, Address pc) {
    return g_memory->atomic_load(a, size, order, pc);
  };
  table.atomic_store = [](Address a, unsigned size, std::uint64_t value, MemoryOrder order,
                          Address pc) { g_memory->atomic_store(a, size, value, order, pc); };
  table.atomic_rmw = [](Address a, unsigned size, RmwKind kind, std::uint64_t operand,
                        MemoryOrder order, Address pc) {
    return g_memory->atomic_rmw(a, size, kind, operand, order, pc);
  };
  table.atomic_cas = [](Address a, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                        MemoryOrder success, MemoryOrder failure, bool weak, Address pc) {
    return g_memory->atomic_cas(a, size, expected, desired, success, failure, weak, pc);
  };
  table.atomic16 = [](Address a, OpKind kind, MemoryOrder order, Address pc) {
    g_memory->atomic_wide(a, kind, order, pc);
  };
  table.fence = Memory::fence;
  table.annotate = [](Address a, bool release) { g_memory->annotate(a, release); };
  table.heap_free = [](Address block, std::size_t size, Address pc) {
    g_memory->heap_free(block, size, pc);
  };
  table.heap_allocate = [](Address block, std::size_t size, Address pc) {
    g_memory->heap_allocate(block, size, pc);
  };
  table.double_free = [](Address block, Address pc) { g_memory->double_free(block, pc); };
  table.out_of_memory = [](Address pc) { Memory::out_of_memory(pc); };
  table.handle_signal = fiber_signals::handle;
}

// A copy is made in parts where a schedule could switch threads within it.
void answer_copies(EngineTable& search, EngineTable& replay) {
  search.is_torn = [](Address address, std::size_t size, std::uint64_t, Address pc) {
    return g_memory->races(address, size, pc);
  };
  // Only there: a trace tells the parts apart, and is to be the same whatever the schedule goes on
  // to name.
  replay.is_torn = [](Address, std::size_t, std::uint64_t steps, Address) {
    return g_run->names_step_within(steps);
  };
  search.skip_steps = [](std::uint64_t count) { g_run->running().step += count; };
  replay.skip_steps = search.skip_steps;
}

template <bool kReplay, unsigned kSize>
void watched_write(Address address, Address pc) {
  g_run->watch_write(address, kSize);
  g_memory->access<kReplay, true>(address, kSize, pc);
}

template <bool kReplay>
void watch_writes(EngineTable& table) {
  table.write[0] = watched_write<kReplay, 1>;
  table.write[1] = watched_write<kReplay, 2>;
  table.write[2] = watched_write<kReplay, 4>;
  table.write[3] = watched_write<kReplay, 8>;
  table.write[4] = watched_write<kReplay, 16>;
  table.write_range = [](Address address, std::size_t size, Address pc) {
    g_run->watch_write(address, size);
    range<kReplay, true>(address, size, pc);
  };
}

template <unsigned kSize>
void noted_write(Address address, Address pc) {
  g_run->note_write(address, kSize, pc);
  g_memory->access<false, true>(address, kSize, pc);
}

void note_writes(EngineTable& table) {
  table.write[0] = noted_write<1>;
  table.write[1] = noted_write<2>;
  table.write[2] = noted_write<4>;
  table.write[3] = noted_write<8>;
  table.write[4] = noted_write<16>;
  table.write_range = [](Address address, std::size_t size, Address pc) {
    g_run->note_write(address, size, pc);
    range<false, true>(address, size, pc);
  };
}

struct Tables {
  EngineTable alone = {};
  EngineTable search = {};
  EngineTable replay = {};
  EngineTable followed = {};
  EngineTable watched_search = {};
  EngineTable watched_replay = {};

  Tables() noexcept {
    answer_memory(search);
    answer_objects(search);
    answer_process(search);
    answer_clock(search);
    answer_refused(search);
    replay = search;
    answer_accesses<false>(search);
    answer_accesses<true>(replay);
    answer_copies(search, replay);
    followed = search;
    note_writes(followed);
    watched_search = search;
    watch_writes<false>(watched_search);
    watched_replay = replay;
    watch_writes<true>(watched_replay);
    alone = search;
    alone.is_torn = nullptr;
    answer_alone(alone);
  }
};

}  // namespace

EngineTables engine_tables(bool replay) {
  static const Tables tables;
  return replay
             ? EngineTables{&tables.replay, &tables.replay, &tables.replay, &tables.watched_replay}
             : EngineTables{&tables.alone, &tables.search, &tables.followed,
                            &tables.watched_search};
}

}  // namespace heddle
