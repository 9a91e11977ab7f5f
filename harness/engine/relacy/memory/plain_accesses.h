// Plain accesses of the program: no scheduling points, but what races with one of them ends the
// run. To be included by relacy_runner.cpp alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "harness/engine/relacy/memory/cells.h"
#include "harness/engine/relacy/memory/races.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/model/op.h"

namespace heddle::relacy {

template <typename Model>
class PlainAccesses {
 public:
  PlainAccesses(Run<Model>& run, Cells<Model>& cells) : run_(run), cells_(cells) {}

  template <bool kWrite>
  void access(Address address, unsigned size, Address pc) {
    run_.count_plain();
    run_.record(kWrite ? OpKind::write : OpKind::read, address, size, MemoryOrder::relaxed, pc);
    // What happened before all other threads were made, or after they were joined, races with none.
    if (run_.alone()) {
      check_life(address, kWrite ? OpKind::write : OpKind::read, pc);
      return;
    }
    const unsigned offset = static_cast<unsigned>(address & 7U);
    if (offset + size <= 8) [[likely]] {
      access_cell<kWrite>(cells_.at(address), offset, size, pc);
    } else {
      for (unsigned at = 0; at < size;) {
        const unsigned begin = static_cast<unsigned>((address + at) & 7U);
        const unsigned part = std::min(8 - begin, size - at);
        access_cell<kWrite>(cells_.at(address + at), begin, part, pc);
        at += part;
      }
    }
  }

  // One step, whatever its size.
  template <bool kWrite>
  void access_range(Address address, std::size_t size, Address pc) {
    constexpr std::size_t kPiece = 128;
    ThreadState& self = run_.me();
    const std::uint64_t steps = self.steps;
    for (std::size_t at = 0; at < size; at += kPiece) {
      access<kWrite>(address + at, static_cast<unsigned>(std::min(kPiece, size - at)), pc);
    }
    self.steps = steps + 1;
  }

  // The thread that has got a block of the heap has written it, as under ThreadSanitizer: there are
  // writes to it that no hook tells of, calloc()'s and some of the compilers'.
  void allocate(Address block, std::size_t size, Address pc) {
    ++run_.me().steps;
    if (run_.alone()) return;
    // Of a large one the beginning: it would fill the table.
    constexpr std::size_t kMost = 256;
    for (Address at = block; at < block + std::min(size, kMost); at += 8) {
      access_cell<true>(cells_.at(at), 0, 8, pc);
    }
  }

  // A block of the heap is freed.
  void free(Address block, std::size_t size, Address pc) {
    ++run_.me().steps;
    run_.record(OpKind::heap_free, block, 0, MemoryOrder::relaxed, pc, kNoThread, std::nullopt,
                std::nullopt, block + size);
    const bool alone = run_.alone();
    const auto die = [&](CellOf& cell) {
      if (!alone) check_free(run_, cell, pc);
      cells_.free(cell, run_.current(), pc);
    };
    // Of a large one, what no thread has come to is not watched: it would fill the table.
    constexpr std::size_t kLarge = std::size_t{1} << 16U;
    if (size > kLarge) {
      cells_.visit(block, size, die);
      return;
    }
    const bool crowded = cells_.is_crowded();
    for (Address at = block; at < block + size; at += 8) {
      CellOf* const cell = crowded ? cells_.find(at) : &cells_.at(at);
      if (cell != nullptr) die(*cell);
    }
  }

  // Of an operation on what lies there, though it is no access to its bytes. Nothing but the heap
  // is ever freed.
  void check_life(Address address, OpKind kind, Address pc) {
    if (!cells_.any_freed() || !program_heap::owns(reinterpret_cast<const void*>(address))) return;
    end_if_freed(FailureKind::use_after_free, {.kind = kind, .address = address, .pc = pc});
  }
  // A block that was freed before is freed.
  void double_free(Address block, Address pc) {
    end_if_freed(FailureKind::double_free, {.kind = OpKind::heap_free, .address = block, .pc = pc});
  }

 private:
  using CellOf = typename Cells<Model>::CellOf;
  using PlainOf = typename Cells<Model>::PlainOf;
  using AtomicOf = typename Cells<Model>::AtomicOf;

  void end_if_freed(FailureKind kind, const Op& op) {
    const CellOf* cell = cells_.find(op.address);
    if (cell != nullptr && cell->freed_at != 0) end_with_freed(run_, kind, op, *cell);
  }

  template <bool kWrite>
  void access_cell(CellOf& cell, unsigned offset, unsigned size, Address pc) {
    if (cell.freed_at != 0) [[unlikely]] {
      end_with_freed(run_, FailureKind::use_after_free,
                     Access{kWrite, false, pc}.op((cell.key << 3U) + offset, size), cell);
    }
    PlainOf& plain = cells_.plain(cell, offset, size);
    const int current = run_.current();
    // A location of one thread alone needs no check, only the clock of its last access.
    const bool alone = plain.owner == current && cell.atomic == nullptr && cell.plain == &plain &&
                       plain.next == nullptr;
    if (!alone) access_shared_cell<kWrite>(cell, plain, offset, size, pc);
    auto& thread = run_.info();
    const std::size_t own = run_.index(current);
    thread.own_acq_rel_order_ += 1;
    if constexpr (kWrite) {
      plain.clocks.store_acq_rel_timestamp_[own] = thread.own_acq_rel_order_;
      plain.store_pc[own] = pc;
      plain.last_writer = current;
    } else {
      plain.clocks.load_acq_rel_timestamp_[own] = thread.own_acq_rel_order_;
      plain.load_pc[own] = pc;
    }
  }

  template <bool kWrite>
  void access_shared_cell(CellOf& cell, PlainOf& plain, unsigned offset, unsigned size,
                          Address pc) {
    const Address address = (cell.key << 3U) + offset;
    for (const PlainOf* other = cell.plain; other != nullptr; other = other->next) {
      // Its own are checked as well: this call is for what several threads have accessed.
      if (other->overlaps(offset, size)) {
        check_plain<kWrite>(run_, *other, false, address, size, pc);
      }
    }
    for (AtomicOf* other = cell.atomic; other != nullptr; other = other->next) {
      if (!other->overlaps(offset, size)) continue;
      check_atomic<kWrite>(run_, *other, address, size, pc);
      if (kWrite) {
        other->overwritten = true;
        other->writer = run_.current();
        other->written_at = run_.info().own_acq_rel_order_ + 1;
      }
    }
    plain.owner = plain.owner == PlainOf::kNobody ? run_.current() : PlainOf::kSeveral;
  }

  Run<Model>& run_;
  Cells<Model>& cells_;
};

}  // namespace heddle::relacy
