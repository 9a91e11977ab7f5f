// Which interleaving a run was: a number that runs share if they differ only in the order of
// operations that commute (Mazurkiewicz, "Trace Theory", 1987), and no others but by chance.
//
// Each thread has a hash of its past. An operation on something that threads share mixes in what
// comes before it there: a write what the last write and all reads since have left, a read what the
// last write has left. So a thread's hash stands for all that happens before its last operation,
// in whatever order that was, and the run's is the sum over its threads. This is what
// Execution::fingerprint() (fuzz/strategy) has from vector clocks of every step, at the cost of a
// few instructions an operation; which operations conflict is said in dependency.h. Unlike that one
// it is of operations, not of steps: how steps begin and end, and those that nobody else can see,
// make no difference, and a thread is known by who created it. Runs that a choice made different
// (who timed out) differ here.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/hooks/program_heap.h"
#include "harness/model/op.h"

namespace heddle {

class Fingerprint {
 public:
  // `enabled`: a run that is replayed is none of a search.
  void begin_run(bool enabled) {
    ordered_ = enabled ? kOrdered : 0;
    used_ = 0;
    // Entries of earlier runs are recognised by this number; when it comes round, none must be.
    if (++run_ == 0) [[unlikely]] {
      slots_.assign(slots_.size(), {});
      run_ = 1;
    }
  }

  // Of the thread that runs main, when it starts.
  static constexpr std::uint64_t kMain = 0x6a09e667f3bcc908U;

  // The thread with the hash `creator` creates another; returns that one's.
  static std::uint64_t create(std::uint64_t& creator) {
    creator = mixed(creator, kCreate);
    return mixed(creator, kCreated);
  }

  // The thread with the hash `woken` goes on because of what the one with the hash `waker` did.
  static void wake(std::uint64_t& woken, std::uint64_t waker) { woken = mixed(woken, waker); }

  // The thread with the hash `mine` has chosen another alternative than the default: a step that
  // chooses otherwise is another step, even where nothing comes of it.
  static void chose(std::uint64_t& mine, std::uint32_t alternative) {
    mine = mixed(mine, kChoice + alternative);
  }

  // The thread with the hash `mine` has done this.
  void executed(std::uint64_t& mine, const Op& op) {
    if ((ordered_ >> static_cast<unsigned>(op.kind) & 1U) != 0) add(mine, op);
  }

 private:
  static constexpr std::uint64_t kCreate = 0xbb67ae8584caa73bU;
  static constexpr std::uint64_t kCreated = 0x3c6ef372fe94f82bU;
  static constexpr std::uint64_t kRead = 0xa54ff53a5f1d36f1U;
  static constexpr std::uint64_t kChoice = 0x9b05688c2b3e6c1fU;
  static constexpr std::uint64_t kRefused = 0x510e527fade682d1U;
  // Tells a synchronisation object from the memory at its address.
  static constexpr Address kObject = Address{1} << 63;

  // The kinds whose order among each other can matter.
  static constexpr std::uint64_t kOrdered = [] {
    std::uint64_t kinds = 0;
    for (const OpKind kind : {OpKind::read,          OpKind::write,
                              OpKind::atomic_load,   OpKind::atomic_store,
                              OpKind::atomic_rmw,    OpKind::atomic_cas_fail,
                              OpKind::mutex_lock,    OpKind::mutex_trylock_fail,
                              OpKind::mutex_unlock,  OpKind::cond_wait,
                              OpKind::cond_signal,   OpKind::cond_broadcast,
                              OpKind::timeout,       OpKind::rwlock_read_lock,
                              OpKind::rwlock_unlock, OpKind::rwlock_write_lock,
                              OpKind::sem_wait,      OpKind::rwlock_shared_unlock,
                              OpKind::sem_post,      OpKind::sem_trywait_fail,
                              OpKind::sem_read,      OpKind::barrier_wait,
                              OpKind::once,          OpKind::once_done,
                              OpKind::once_end,      OpKind::futex_wait,
                              OpKind::futex_wake,    OpKind::rwlock_queue}) {
      kinds |= std::uint64_t{1} << static_cast<unsigned>(kind);
    }
    return kinds;
  }();

  // Not symmetric: a thread that comes after itself must not lose its past.
  static std::uint64_t mixed(std::uint64_t past, std::uint64_t before) {
    std::uint64_t hash = std::rotl(past, 29) * 0x9e3779b97f4a7c15U + before;
    hash = (hash ^ hash >> 32U) * 0xd6e8feb86659fd93U;
    return hash ^ hash >> 32U;
  }

  // What the operations on a place have left there. Those of one kind that commute with each other
  // are a sum of their threads' hashes.
  struct Slot {
    Address place = 0;  // memory: the number of the 8 bytes; others: the address and kObject
    std::uint32_t run = 0;
    std::uint8_t mask = 0;      // memory: which of the 8 bytes
    std::uint64_t written = 0;  // the last that conflicts with everything
    std::uint64_t reads = 0;    // since then; also: taking and giving up a lock with others
    std::uint64_t refused = 0;  // since then: tries that found it taken
  };

  void add(std::uint64_t& mine, const Op& op);
  static void write(std::uint64_t& mine, Slot& slot) {
    mine = mixed(mine, slot.written + slot.reads * kRead + slot.refused * kRefused);
    slot.written = mine;
    slot.reads = slot.refused = 0;
  }
  // In memory each byte counts, so that it does not matter in how many slots they are.
  static void write_bytes(std::uint64_t& mine, Slot& slot, unsigned bytes) {
    mine = mixed(mine, bytes * (slot.written + slot.reads * kRead));
    slot.written = mine;
    slot.reads = 0;
  }
  static void read_bytes(std::uint64_t& mine, Slot& slot, unsigned bytes) {
    mine = mixed(mine, kRead + bytes * slot.written);
    slot.reads += mine;
  }
  static void read(std::uint64_t& mine, Slot& slot) {
    mine = mixed(mine, kRead + slot.written + slot.refused * kRefused);
    slot.reads += mine;
  }
  static void refuse(std::uint64_t& mine, Slot& slot) {
    mine = mixed(mine, kRefused + slot.written + slot.reads * kRead);
    slot.refused += mine;
  }

  void memory(std::uint64_t& mine, Address address, unsigned size, bool writes);
  void memory_in_parts(std::uint64_t& mine, Address place, std::uint8_t mask, bool writes);
  void part_of_memory(std::uint64_t& mine, Address place, unsigned first, unsigned bytes,
                      bool writes);
  Slot& object(Address address) { return *find(address | kObject, kAll); }
  std::size_t first_slot(Address place) const {
    return static_cast<std::size_t>(place * 0x9e3779b97f4a7c15U >> shift_);
  }
  // The slot for exactly these bytes, made if none of them has one; null if they lie in others. No
  // two slots overlap.
  Slot* find(Address place, std::uint8_t mask) {
    std::size_t at = first_slot(place);
    bool overlap = false;
    for (; slots_[at].run == run_; at = next(at)) {
      if (slots_[at].place != place) continue;
      if (slots_[at].mask == mask) return &slots_[at];
      overlap |= (slots_[at].mask & mask) != 0;
    }
    if (overlap) [[unlikely]]
      return nullptr;
    if (used_ * 2 >= slots_.size()) [[unlikely]]
      return &add_slot({.place = place, .mask = mask});
    ++used_;
    slots_[at] = {.place = place, .run = run_, .mask = mask};
    return &slots_[at];
  }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  Slot& add_slot(const Slot& slot);
  void grow();

  static constexpr std::size_t kFirstSlots = 256;
  static constexpr std::uint8_t kAll = 0xff;

  std::uint64_t ordered_ = 0;
  std::uint32_t run_ = 0;
  unsigned shift_ = 64 - std::countr_zero(kFirstSlots);
  std::size_t used_ = 0;  // in this run
  // A power of two of them; open addressing. Reused from run to run.
  std::vector<Slot> slots_ = std::vector<Slot>(kFirstSlots);
};

}  // namespace heddle
