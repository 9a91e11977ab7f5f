// Happens-before data race detection over plain and atomic accesses: FastTrack (Flanagan and
// Freund, PLDI 2009), with these departures:
// - bytes are told apart, as C++ does: accesses that overlap only in part split their 8 bytes into
//   eight histories;
// - atomic accesses have clocks of their own in the synchronisation object of their address, so
//   that they race with plain accesses and not with each other;
// - nothing is cleared between runs (see Epoch).
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "harness/engine/fuzz/memory/shadow.h"
#include "harness/model/op.h"
#include "harness/model/vector_clock.h"

namespace heddle {

// Two accesses that no order connects; the second is the one being made.
struct Race {
  ThreadId first_thread = kNoThread;
  Address first_pc = 0;
  OpKind first_kind = OpKind::none;
};

// All races of one access that are told; of more, some.
class RaceList {
 public:
  void add(const Race& race) {
    if (size_ < kMost) races_[size_++] = race;
  }
  RaceList& cleared() {
    size_ = 0;
    return *this;
  }
  bool empty() const { return size_ == 0; }
  const Race* begin() const { return races_; }
  const Race* end() const { return races_ + size_; }

 private:
  static constexpr std::size_t kMost = 64;
  Race races_[kMost];
  std::size_t size_ = 0;
};

// What of an atomic location, or of a synchronisation object, plain accesses and the end of its
// life can race with.
struct AtomicHistory {
  VectorClock writes;    // time of each thread's last atomic write
  VectorClock reads;     // likewise; any use of an object is one
  Address write_pc = 0;  // of the last one, by whatever thread
  Address read_pc = 0;
  OpKind write_kind = OpKind::atomic_store;
  OpKind read_kind = OpKind::atomic_load;
};

class RaceDetector {
 public:
  // A new run: all times up to `base` belong to earlier ones.
  void begin_run(std::uint64_t base) {
    base_ = Epoch::last_of(base);
    splits_used_ = 0;
    read_sets_used_ = 0;
  }

  // The commonest accesses, without a call: no order is missing, and each of the last accesses to
  // these 8 bytes was to the same of them or in an earlier run. Records one by the thread whose
  // epoch and clock are given and returns true, or does nothing. The cell must have neither split
  // nor read set.
  template <bool kWrite>
  [[gnu::always_inline]] inline bool record_ordered(ShadowCell* cell, std::uint8_t mask, Address pc,
                                                    Epoch now, const VectorClock& clock) {
    History& history = cell->history;
    const auto allows = [&](Epoch last, CodeAndBytes access) {
      return !alive(last) ||
             ((access.mask() == mask || access.mask() == kBirth) &&
              (last.thread() == now.thread() || last.time() <= clock.get(last.thread())));
    };
    if (!allows(history.write, history.write_access)) return false;
    if (!allows(history.read, history.read_access)) return false;
    (kWrite ? history.write : history.read) = now;
    (kWrite ? history.write_access : history.read_access) = CodeAndBytes(pc, mask);
    if (kWrite) history.read = Epoch();
    return true;
  }

  // Records a plain access by the thread whose epoch and clock are given to the bytes in `mask` of
  // the 8 bytes at `cell`, and adds what it races with.
  template <bool kWrite>
  void access(ShadowCell* cell, std::uint8_t mask, Address pc, Epoch now, const VectorClock& clock,
              RaceList& races) {
    History& history = cell->history;
    if (is_birth(history)) check_birth(history, clock, races);
    if (!is_split(cell)) [[likely]] {
      const bool write_lives = alive(history.write);
      const bool read_lives = alive(history.read) || has_read_set(history, cell->reads);
      if ((!write_lives || history.write_access.mask() == mask) &&
          (!read_lives || history.read_access.mask() == mask)) [[likely]] {
        record<kWrite>(history, cell->reads, mask, pc, now, clock, races);
        return;
      }
      // Several fields written one after the other by one thread: still one history, though it does
      // not say which code made which access.
      if (!exact_ && (!write_lives || history.write == now) &&
          (!read_lives || (history.read == now && !has_read_set(history, cell->reads)))) {
        CodeAndBytes& mine = kWrite ? history.write_access : history.read_access;
        const bool lives = kWrite ? write_lives : read_lives;
        mine = lives ? CodeAndBytes(pc | CodeAndBytes::kMerged,
                                    static_cast<std::uint8_t>(mine.mask() | mask))
                     : CodeAndBytes(pc, mask);
        (kWrite ? history.write : history.read) = now;
        return;
      }
      split(cell);
    }
    access_bytes(cell, mask, pc, now, clock, kWrite, races);
  }

  // Forgets indices that an earlier run has left in the cell.
  void drop_stale(ShadowCell* cell) const {
    if (!is_split(cell)) cell->split = 0;
    if (!has_read_set(cell->history, cell->reads)) cell->reads = 0;
  }

  // Adds the plain accesses before it that an atomic access races with.
  void check_atomic(ShadowCell* cell, std::uint8_t mask, bool writes, const VectorClock& clock,
                    RaceList& races) const;

  // Whether plain writes to the cell may be such; false: there are none.
  bool may_be_written(const ShadowCell* cell, const VectorClock& clock) const {
    return cell->split != 0 || !ordered(cell->history.write, clock);
  }

  // Adds an atomic access before it that a plain access, or the end of a life, races with.
  void check_against_atomics(const AtomicHistory& atomics, bool writes, ThreadId self,
                             const VectorClock& clock, RaceList& races) const;

  // Of each access it is known which code made it. Costs time and memory where threads use several
  // variables in the same 8 bytes.
  void be_exact(bool exact) { exact_ = exact; }

  // Whether a thread other than `self` has accessed any of these bytes in this run, as far as is
  // still known: the last write to them, and the reads since.
  bool touched_by_another(const ShadowCell* cell, std::uint8_t mask, ThreadId self) const;

  // Whether an epoch is of this run.
  bool alive(Epoch epoch) const { return base_ < epoch; }

  // The memory begins a new life, in which its first write is that of the thread whose epoch is
  // given, which gets it there. `begin` is a multiple of 8; no location is left in it.
  void be_born(Shadow& shadow, Address begin, std::size_t size, Address pc, Epoch now);

  // The memory begins a new life: what was known of it is void.
  void forget(Shadow& shadow, Address begin, std::size_t size);

 private:
  struct ByteHistories {
    const ShadowCell* owner = nullptr;
    History bytes[8];
    std::uint32_t reads[8] = {};
  };

  struct ReadSet {
    const History* owner = nullptr;
    std::vector<std::pair<Epoch, Address>> reads;  // one per thread
  };

  bool ordered(Epoch epoch, const VectorClock& clock) const {
    return !alive(epoch) || epoch.time() <= clock.get(epoch.thread());
  }

  // As the mask of the last write: the thread got the memory, and nobody has written to it since.
  static constexpr std::uint8_t kBirth = 0;

  bool is_birth(const History& history) const {
    return alive(history.write) && history.write_access.mask() == kBirth;
  }
  // The first access that does not come after it in any order, or not in the common way, is the
  // last to meet it.
  void check_birth(History& history, const VectorClock& clock, RaceList& races) const;

  bool is_split(const ShadowCell* cell) const {
    return cell->split != 0 && cell->split <= splits_used_ &&
           splits_[cell->split - 1].owner == cell;
  }

  bool has_read_set(const History& history, std::uint32_t reads) const {
    return reads != 0 && reads <= read_sets_used_ && read_sets_[reads - 1].owner == &history;
  }

  template <bool kWrite>
  void record(History& history, std::uint32_t& reads, std::uint8_t mask, Address pc, Epoch now,
              const VectorClock& clock, RaceList& races) {
    if (!ordered(history.write, clock)) [[unlikely]] {
      races.add({history.write.thread(), history.write_access.pc(), OpKind::write});
    }
    if (kWrite) {
      if (has_read_set(history, reads)) [[unlikely]] {
        add_unordered_reads(reads, clock, races);
      } else if (!ordered(history.read, clock)) [[unlikely]] {
        races.add({history.read.thread(), history.read_access.pc(), OpKind::read});
      }
      history.write = now;
      history.write_access = CodeAndBytes(pc, mask);
      // Later accesses that are ordered after this write are ordered after those reads.
      history.read = Epoch();
      reads = 0;
    } else if (has_read_set(history, reads)) [[unlikely]] {
      add_read(reads, now, pc);
    } else if (ordered(history.read, clock)) [[likely]] {
      history.read = now;
      history.read_access = CodeAndBytes(pc, mask);
    } else {
      begin_read_set(history, reads, now, pc);
    }
  }

  void split(ShadowCell* cell);
  void access_bytes(ShadowCell* cell, std::uint8_t mask, Address pc, Epoch now,
                    const VectorClock& clock, bool write, RaceList& races);
  void add_unordered_reads(std::uint32_t reads, const VectorClock& clock, RaceList& races) const;
  void add_read(std::uint32_t reads, Epoch now, Address pc);
  void begin_read_set(History& history, std::uint32_t& reads, Epoch now, Address pc);
  bool touched_by_another(const History& history, std::uint32_t reads, ThreadId self) const;
  void check_history(const History& history, std::uint32_t reads, bool writes,
                     const VectorClock& clock, RaceList& races) const;

  bool exact_ = false;
  Epoch base_;
  // Reused from run to run: entries from `used` on are free. Never shrunk, and never moved (a
  // history in a split is the owner of a read set by its address).
  std::deque<ByteHistories> splits_;
  std::uint32_t splits_used_ = 0;
  std::vector<ReadSet> read_sets_;
  std::uint32_t read_sets_used_ = 0;
};

}  // namespace heddle
