// Data races: two accesses to the same bytes, not both atomic and not both reads, with nothing that
// puts one before the other; and accesses to memory that was freed before. To be included by
// relacy_runner.cpp alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "harness/engine/relacy/memory/cells.h"
#include "harness/engine/relacy/run/call_place.h"
#include "harness/engine/relacy/run/fibers.h"
#include "harness/engine/relacy/run/known_failures.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/hooks/program_heap.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::relacy {

struct Access {
  bool write;
  bool atomic;
  Address pc;
  bool frees = false;  // the memory, which is a write to all of it

  Op op(Address address, unsigned size) const {
    Op op{.size = static_cast<std::uint8_t>(std::min(size, 255U)), .address = address, .pc = pc};
    if (frees) {
      op.kind = OpKind::heap_free;
    } else if (atomic) {
      op.kind = write ? OpKind::atomic_store : OpKind::atomic_load;
    } else {
      op.kind = write ? OpKind::write : OpKind::read;
    }
    return op;
  }
};

// The calling thread's access `mine` races with that of another thread: ends the run.
template <typename Model>
[[noreturn]] void end_with_race(Run<Model>& run, Address address, unsigned size, const Access& mine,
                                int other, const Access& theirs) {
  {
    const RuntimeScope scope;
    const Op op = mine.op(address, size);
    Place there{.thread = static_cast<ThreadId>(other),
                .op = theirs.op(address, size),
                .stack = {},
                .note = {}};
    run.record_race(op, there);
    run.conclude(CheapKey(FailureKind::data_race).add(mine.pc).add(theirs.pc).value(), [&] {
      return Failed{FailureKind::data_race,
                    {},
                    {here(run.current_id(), op, g_fibers->code), std::move(there)}};
    });
  }
  run.leave();
}

// The calling thread's `op` comes to bytes that were freed: ends the run. `kind`: use after free,
// or double free.
template <typename Model>
[[noreturn]] void end_with_freed(Run<Model>& run, FailureKind kind, const Op& op,
                                 const Cell<Model::kThreads>& cell) {
  {
    const RuntimeScope scope;
    run.record_last(op);
    const Address freed_at = cell.freed_at;
    run.conclude(CheapKey(kind).add(op.pc).add(freed_at).value(), [&] {
      const Op free{.kind = OpKind::heap_free, .address = op.address, .pc = freed_at};
      Place there{.thread = static_cast<ThreadId>(cell.freed_by),
                  .op = free,
                  .stack = {},
                  .note = kind == FailureKind::double_free ? "freed it before" : "freed it here"};
      return Failed{kind, {}, {here(run.current_id(), op, g_fibers->code), std::move(there)}};
    });
  }
  run.leave();
}

// The calling thread's access, plain or atomic, against the plain ones of `other`.
template <bool kWrite, typename Model>
void check_plain(Run<Model>& run, const Plain<Model::kThreads>& other, bool atomic, Address address,
                 unsigned size, Address pc) {
  const rl::timestamp_t* seen = run.info().acq_rel_order_;
  for (int i = 0; i < Model::kThreads; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (seen[i] < other.clocks.store_acq_rel_timestamp_[i]) {
      end_with_race(run, address, size, {kWrite, atomic, pc}, i, {true, false, other.store_pc[at]});
    }
    if (kWrite && seen[i] < other.clocks.load_acq_rel_timestamp_[i]) {
      end_with_race(run, address, size, {kWrite, atomic, pc}, i, {false, false, other.load_pc[at]});
    }
  }
}

// The calling thread's plain access against the atomic ones of `other`.
template <bool kWrite, typename Model>
void check_atomic(Run<Model>& run, const Atomic<Model::kThreads>& other, Address address,
                  unsigned size, Address pc) {
  const rl::timestamp_t* seen = run.info().acq_rel_order_;
  for (int i = 0; i < Model::kThreads; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (seen[i] < other.stored[at]) {
      end_with_race(run, address, size, {kWrite, false, pc}, i, {true, true, other.store_pc[at]});
    }
    if (kWrite && seen[i] < other.loaded[at]) {
      end_with_race(run, address, size, {kWrite, false, pc}, i, {false, true, other.load_pc[at]});
    }
  }
}

// The calling thread frees these eight bytes. Who has freed them before is none of its business: a
// block that is freed twice does not come here.
template <typename Model>
void check_free(Run<Model>& run, const Cell<Model::kThreads>& cell, Address pc) {
  const rl::timestamp_t* seen = run.info().acq_rel_order_;
  const Address address = cell.key << 3U;
  const Access mine{true, false, pc, true};
  for (const auto* plain = cell.plain; plain != nullptr; plain = plain->next) {
    for (int i = 0; i < Model::kThreads; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (seen[i] < plain->clocks.store_acq_rel_timestamp_[i]) {
        end_with_race(run, address, 8, mine, i, {true, false, plain->store_pc[at]});
      }
      if (seen[i] < plain->clocks.load_acq_rel_timestamp_[i]) {
        end_with_race(run, address, 8, mine, i, {false, false, plain->load_pc[at]});
      }
    }
  }
  for (const auto* atomic = cell.atomic; atomic != nullptr; atomic = atomic->next) {
    for (int i = 0; i < Model::kThreads; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (seen[i] < atomic->stored[at]) {
        end_with_race(run, address, 8, mine, i, {true, true, atomic->store_pc[at]});
      }
      if (seen[i] < atomic->loaded[at]) {
        end_with_race(run, address, 8, mine, i, {false, true, atomic->load_pc[at]});
      }
    }
  }
}

}  // namespace heddle::relacy
