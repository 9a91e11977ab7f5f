// Atomic accesses of 1 to 16 bytes: Relacy says which of an atomic's values a load sees. To be
// included by relacy_runner.cpp alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/engine/relacy/memory/cells.h"
#include "harness/engine/relacy/memory/program_memory.h"
#include "harness/engine/relacy/memory/races.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/hooks/engine_table.h"
#include "harness/model/op.h"

namespace heddle::relacy {

// What Relacy does with an atomic's history; each gives the position of the value in it. ~0U: there
// is none.
inline unsigned relacy_load(rl::thread_info_base& thread, rl::atomic_data* data,
                            MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_load_seq_cst(data);
  return acquires(order) ? thread.atomic_load_acquire(data) : thread.atomic_load_relaxed(data);
}

inline unsigned relacy_load_for_rmw(rl::thread_info_base& thread, rl::atomic_data* data,
                                    MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_load_seq_cst_rmw(data);
  return acquires(order) ? thread.atomic_load_acquire_rmw(data)
                         : thread.atomic_load_relaxed_rmw(data);
}

inline unsigned relacy_store(rl::thread_info_base& thread, rl::atomic_data* data,
                             MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_store_seq_cst(data);
  return releases(order) ? thread.atomic_store_release(data) : thread.atomic_store_relaxed(data);
}

inline unsigned relacy_rmw(rl::thread_info_base& thread, rl::atomic_data* data, MemoryOrder order) {
  bool aba = false;
  switch (order) {
    case MemoryOrder::relaxed:
      return thread.atomic_rmw_relaxed(data, aba);
    case MemoryOrder::consume:
    case MemoryOrder::acquire:
      return thread.atomic_rmw_acquire(data, aba);
    case MemoryOrder::release:
      return thread.atomic_rmw_release(data, aba);
    case MemoryOrder::acq_rel:
      return thread.atomic_rmw_acq_rel(data, aba);
    case MemoryOrder::seq_cst:
      break;
  }
  return thread.atomic_rmw_seq_cst(data, aba);
}

template <typename Model>
class Atomics {
 public:
  Atomics(Run<Model>& run, Cells<Model>& cells) : run_(run), cells_(cells) {}

  std::uint64_t load(Address address, unsigned size, MemoryOrder order, Address pc) {
    schedule(OpKind::atomic_load, address, pc);
    AtomicOf& atomic = atomic_at(address, size, false, pc);
    const unsigned position = relacy_load(run_.info(), &atomic.data, order);
    if (position == ~0U) run_.fail_as_relacy(rl::test_result_unitialized_access);
    loaded(atomic, pc);
    const std::uint64_t value = atomic.values[position];
    run_.record(OpKind::atomic_load, address, size, order, pc, kNoThread, value);
    return value;
  }

  void store(Address address, unsigned size, std::uint64_t value, MemoryOrder order, Address pc) {
    schedule(OpKind::atomic_store, address, pc);
    value &= mask_of(size);
    AtomicOf& atomic = atomic_at(address, size, true, pc);
    stored(atomic, address, size, relacy_store(run_.info(), &atomic.data, order), value, pc);
    run_.record(OpKind::atomic_store, address, size, order, pc, kNoThread, value);
  }

  // Returns the old value.
  std::uint64_t read_modify_write(Address address, unsigned size, RmwKind kind,
                                  std::uint64_t operand, MemoryOrder order, Address pc) {
    schedule(OpKind::atomic_rmw, address, pc);
    AtomicOf& atomic = atomic_at(address, size, true, pc);
    const std::uint64_t old = atomic.latest;
    const std::uint64_t value = apply(kind, old, operand & mask_of(size), size);
    stored(atomic, address, size, relacy_rmw(run_.info(), &atomic.data, order), value, pc);
    run_.record(OpKind::atomic_rmw, address, size, order, pc, kNoThread, value, old);
    return old;
  }

  // Returns whether it stored; else *expected becomes the value found.
  bool compare_exchange(Address address, unsigned size, std::uint64_t* expected,
                        std::uint64_t desired, MemoryOrder success, MemoryOrder failure, bool weak,
                        Address pc) {
    schedule(OpKind::atomic_rmw, address, pc);
    AtomicOf& atomic = atomic_at(address, size, true, pc);
    const std::uint64_t old = atomic.latest;
    bool stores = old == (*expected & mask_of(size));
    if (stores && weak) {
      // With Relacy's own chances: one in four, in a search by depth once for each atomic.
      if constexpr (Model::kRandom) {
        stores = run_.scheduler().rand(4, rl::sched_type_cas_fail) != 0;
      } else if (!atomic.failed_spuriously) {
        // That it stores is what a search tries first.
        stores = run_.scheduler().rand(2, rl::sched_type_cas_fail) == 0;
        atomic.failed_spuriously = !stores;
      }
      if (!stores) run_.scheduler().fails_without_cause();
    }
    if (stores) {
      desired &= mask_of(size);
      stored(atomic, address, size, relacy_rmw(run_.info(), &atomic.data, success), desired, pc);
      run_.record(OpKind::atomic_rmw, address, size, success, pc, kNoThread, desired, old);
      return true;
    }
    relacy_load_for_rmw(run_.info(), &atomic.data, failure);
    loaded(atomic, pc);
    run_.record(OpKind::atomic_cas_fail, address, size, failure, pc, kNoThread, old,
                *expected & mask_of(size));
    *expected = old;
    return false;
  }

  // 16 bytes, before the hook does the operation itself.
  void access16(Address address, OpKind kind, MemoryOrder order, Address pc) {
    schedule(kind, address, pc);
    // Relacy has no values of 16 bytes. The hook works on memory, so every thread sees the latest
    // value; what remains is the order that the operation makes and is held to.
    for (const Address half : {address, address + 8}) {
      AtomicOf& atomic = atomic_at(half, 8, writes(kind), pc);
      if (!writes(kind)) {
        relacy_load_for_rmw(run_.info(), &atomic.data, order);
        loaded(atomic, pc);
      } else {
        const unsigned position = kind == OpKind::atomic_store
                                      ? relacy_store(run_.info(), &atomic.data, order)
                                      : relacy_rmw(run_.info(), &atomic.data, order);
        stored(atomic, half, 8, position, atomic.latest, pc);
      }
    }
    run_.record(kind, address, 16, order, pc);
  }

 private:
  using CellOf = typename Cells<Model>::CellOf;
  using PlainOf = typename Cells<Model>::PlainOf;
  using AtomicOf = typename Cells<Model>::AtomicOf;

  void schedule(OpKind kind, Address address, Address pc) {
    run_.pending(kind, address, pc);
    run_.schedule();
    run_.done();
  }

  // After scheduling. Checks for races of the atomic access with plain ones.
  AtomicOf& atomic_at(Address address, unsigned size, bool write, Address pc) {
    CellOf& cell = cells_.at(address);
    if (cell.freed_at != 0) [[unlikely]] {
      end_with_freed(run_, FailureKind::use_after_free, Access{write, true, pc}.op(address, size),
                     cell);
    }
    const unsigned offset = static_cast<unsigned>(address & 7U);
    const PlainOf* first_store = nullptr;
    for (const PlainOf* plain = cell.plain; plain != nullptr; plain = plain->next) {
      if (!plain->overlaps(offset, size)) continue;
      if (write) {
        check_plain<true>(run_, *plain, true, address, size, pc);
      } else {
        check_plain<false>(run_, *plain, true, address, size, pc);
      }
      if (plain->last_writer >= 0) first_store = plain;
    }
    AtomicOf& atomic = cells_.atomic(cell, offset, size, first_store);
    run_.touching(pc);
    const std::uint64_t memory = load_memory(address, size);
    run_.touching(0);
    if (atomic.overwritten) [[unlikely]] {
      atomic.begin(atomic.writer, atomic.written_at, memory);
    } else if (atomic.latest != memory) [[unlikely]] {
      // By code without instrumentation, or while there was one thread. Seen by all.
      atomic.begin(0, 0, memory);
    }
    return atomic;
  }

  void stored(AtomicOf& atomic, Address address, unsigned size, unsigned position,
              std::uint64_t value, Address pc) {
    const std::size_t own = run_.index(run_.current());
    atomic.values[position] = value;
    atomic.latest = value;
    atomic.stored[own] = run_.info().own_acq_rel_order_;
    atomic.store_pc[own] = pc;
    run_.touching(pc);
    store_memory(address, size, value);
    run_.touching(0);
  }
  void loaded(AtomicOf& atomic, Address pc) {
    const std::size_t own = run_.index(run_.current());
    atomic.loaded[own] = run_.info().own_acq_rel_order_;
    atomic.load_pc[own] = pc;
  }

  Run<Model>& run_;
  Cells<Model>& cells_;
};

}  // namespace heddle::relacy
