// What is known about the bytes of the program's memory within a run, in cells of eight. To be
// included by relacy_runner.cpp alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

#include "harness/engine/relacy/run/address_table.h"
#include "harness/engine/relacy/run/pool.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/engine/relacy/run/run_part.h"
#include "harness/model/op.h"

namespace heddle::relacy {

// Locations that a run can touch (heap and globals, while more than one thread lives).
inline constexpr std::size_t kMaxLocations = std::size_t{1} << 22U;

// Plain accesses to some bytes of an 8-byte cell: Relacy's own clocks of a variable, and where in
// the program each thread's last access was.
template <rl::thread_id_t kThreads>
struct Plain {
  explicit Plain(unsigned at, unsigned bytes)
      : offset(static_cast<std::uint8_t>(at)), size(static_cast<std::uint8_t>(bytes)) {}

  bool overlaps(unsigned at, unsigned bytes) const {
    return at < offset + size && offset < at + bytes;
  }

  static constexpr int kNobody = -1;
  static constexpr int kSeveral = -2;

  std::uint8_t offset;
  std::uint8_t size;
  int owner = kNobody;  // the one thread that accessed it so far
  int last_writer = kNobody;
  Plain* next = nullptr;
  rl::var_data_impl<kThreads> clocks;
  std::array<Address, kThreads> store_pc;  // valid where the clock is not zero
  std::array<Address, kThreads> load_pc;
};

// An atomic: Relacy's history of it, the values that belong to the history, and the clocks of its
// accesses, which plain accesses to the same bytes are checked against.
template <rl::thread_id_t kThreads>
struct Atomic {
  Atomic(unsigned at, unsigned bytes)
      : offset(static_cast<std::uint8_t>(at)), size(static_cast<std::uint8_t>(bytes)) {}

  bool overlaps(unsigned at, unsigned bytes) const {
    return at < offset + size && offset < at + bytes;
  }

  // The value that is in memory was put there by a plain store of `thread` at `time` of its clock,
  // and is the first that there is. With time 0 it is older than the run: every thread sees it.
  void begin(int thread, rl::timestamp_t time, std::uint64_t value) {
    new (&data) rl::atomic_data_impl<kThreads>();
    // Where the first store of an atomic goes. Index 0 says "not initialised" to Relacy.
    data.current_index_ = 1;
    auto& record = data.history_[1];
    record.busy_ = true;
    record.seq_cst_ = false;
    record.thread_id_ = thread;
    record.acq_rel_timestamp_ = time;
    rl::foreach<kThreads>(record.acq_rel_order_, rl::assign_zero);
    rl::foreach<kThreads>(record.first_seen_order_, rl::assign<static_cast<rl::timestamp_t>(-1)>);
    latest = value;
    values[1] = value;
    overwritten = false;
  }

  std::uint8_t offset;
  std::uint8_t size;
  bool overwritten = true;  // by a plain store, by `writer` at `written_at`
  bool failed_spuriously = false;
  int writer = 0;
  rl::timestamp_t written_at = 0;
  Atomic* next = nullptr;
  std::uint64_t latest = 0;  // in modification order
  std::array<std::uint64_t, rl::atomic_history_size> values{};
  std::array<rl::timestamp_t, kThreads> stored{};
  std::array<rl::timestamp_t, kThreads> loaded{};
  std::array<Address, kThreads> store_pc;
  std::array<Address, kThreads> load_pc;
  rl::atomic_data_impl<kThreads> data;
};

template <rl::thread_id_t kThreads>
struct Cell {
  Address key;  // address / 8
  Plain<kThreads>* plain;
  Atomic<kThreads>* atomic;
  Address freed_at;  // by which code: nothing may come to these bytes any more; 0: they are not
  int freed_by;      // likewise
};

template <typename Model>
class Cells final : public RunPart {
 public:
  static constexpr rl::thread_id_t kThreads = Model::kThreads;
  using CellOf = Cell<kThreads>;
  using PlainOf = Plain<kThreads>;
  using AtomicOf = Atomic<kThreads>;

  explicit Cells(Run<Model>& run) : run_(run) { run.add(*this); }

  // All of these make what is not there yet.
  CellOf& at(Address address) {
    bool is_new = false;
    CellOf* cell = cells_.find_or_add(address >> 3U, &is_new);
    if (cell == nullptr) [[unlikely]]
      give_up();
    if (is_new) clear(*cell);
    return *cell;
  }
  PlainOf& plain(CellOf& cell, unsigned offset, unsigned size) {
    PlainOf* plain = cell.plain;
    while (plain != nullptr && (plain->offset != offset || plain->size != size)) {
      plain = plain->next;
    }
    if (plain == nullptr) {
      plain = &made(plain_pool_.make(offset, size));
      plain->next = cell.plain;
      cell.plain = plain;
    }
    return *plain;
  }
  // `first_store`: a plain store to its bytes from before there was an atomic; null: none.
  AtomicOf& atomic(CellOf& cell, unsigned offset, unsigned size, const PlainOf* first_store) {
    AtomicOf* atomic = cell.atomic;
    while (atomic != nullptr && (atomic->offset != offset || atomic->size != size)) {
      atomic = atomic->next;
    }
    if (atomic == nullptr) {
      atomic = &made(atomic_pool_.make(offset, size));
      atomic->next = cell.atomic;
      cell.atomic = atomic;
      if (first_store != nullptr) {
        atomic->writer = first_store->last_writer;
        atomic->written_at = first_store->clocks.store_acq_rel_timestamp_[first_store->last_writer];
      }
    }
    return *atomic;
  }

  // Null: nothing is known of it.
  CellOf* find(Address address) { return cells_.find(address >> 3U); }

  // Those of the range that are there.
  template <typename Visit>
  void visit(Address begin, std::size_t size, Visit&& visit) {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if ((cells_.entry(i).key << 3U) - begin < size) visit(cells_.entry(i));
    }
  }

  // By `thread` at `pc`. What was known of its accesses is of no use any more.
  void free(CellOf& cell, int thread, Address pc) {
    clear(cell);
    cell.freed_at = pc;
    cell.freed_by = thread;
    any_freed_ = true;
  }
  // What is freed shall not take the room of what is used.
  bool is_crowded() const { return cells_.size() > kMaxLocations / 4; }
  // Whether anything was in this run.
  bool any_freed() const { return any_freed_; }

  void begin_run() override {
    cells_.clear();
    plain_pool_.clear();
    atomic_pool_.clear();
    any_freed_ = false;
  }

  void forget(Address begin, std::size_t size) override {
    if (size / 8 < cells_.size()) {
      for (std::size_t at = 0; at < size; at += 8) {
        CellOf* cell = cells_.find((begin + at) >> 3U);
        if (cell != nullptr) clear(*cell);
      }
    } else {
      for (std::size_t i = 0; i < cells_.size(); ++i) {
        if ((cells_.entry(i).key << 3U) - begin < size) clear(cells_.entry(i));
      }
    }
  }

 private:
  static void clear(CellOf& cell) {
    cell.plain = nullptr;
    cell.atomic = nullptr;
    cell.freed_at = 0;
  }
  template <typename T>
  T& made(T* object) {
    if (object == nullptr) [[unlikely]]
      give_up();
    return *object;
  }
  [[noreturn]] void give_up() {
    run_.give_up("the run touched more memory than Relacy can follow");
  }

  Run<Model>& run_;
  AddressTable<CellOf> cells_{kMaxLocations};
  Pool<PlainOf> plain_pool_{kMaxLocations};
  Pool<AtomicOf> atomic_pool_{kMaxLocations / 4};
  bool any_freed_ = false;
};

}  // namespace heddle::relacy
