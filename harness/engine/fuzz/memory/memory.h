// The program's memory: which accesses race, atomics and fences, and what was freed.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/engine/fuzz/memory/location.h"
#include "harness/engine/fuzz/memory/race_detector.h"
#include "harness/engine/fuzz/memory/racy_set.h"
#include "harness/engine/fuzz/memory/shadow.h"
#include "harness/engine/fuzz/run/run.h"
#include "harness/hooks/engine_table.h"
#include "harness/model/op.h"

namespace heddle {

class Memory {
 public:
  void begin_job(const Job& job) {
    racy_.begin_job(job.racy_pcs);
    // Nor can a run be repeated that is the last of its process.
    races_.be_exact(job.replay || job.last_of_process);
  }
  void begin_run(std::uint64_t base);

  // The run before has shown places that race and were not known to when its job began.
  bool has_learned() const { return racy_.has_learned(); }
  // Later runs of the job know them.
  void keep_learned() { racy_.keep(); }

  // A race of the run before was with an access of which it is not known which code made it, so it
  // was passed over. The run must be repeated; after be_exact() this and all later ones know.
  bool was_blurred() const { return blurred_; }
  void be_exact() { races_.be_exact(true); }

  // Who wants to know that the range at `begin` is about to be freed, which may end the run.
  using DiesCallback = void (*)(Address begin, std::size_t size, Address pc);
  void on_dies(DiesCallback callback) { dies_.push_back(callback); }
  // The same of a range in which there are locations: in most there are none.
  void on_locations_die(DiesCallback callback) { locations_die_.push_back(callback); }

  // ---- variables of functions: frames.cpp -------------------------------------------------------

  // Fails the run if the address is in a frame of another thread's stack that has ended.
  void check_frame(Address address, OpKind kind, Address pc) {
    if (FiberStacks::holds(address) && address - g_run->running().stack_begin >= FiberStacks::kSlot)
        [[unlikely]] {
      check_anothers_frame(address, kind, pc);
    }
  }

  // ---- plain accesses: access.h, accesses.cpp ---------------------------------------------------

  template <bool kReplay, bool kWrite>
  void access(Address address, unsigned size, Address pc);
  // The next access of a replay is that of a call, or a part of it: its Op says where it ends.
  void begin_range() { in_range_ = true; }
  // The same while main is the only thread. What it does then comes after all that was done before
  // and before all that other threads will do: it cannot race, and nobody else could go first.
  void access_alone() {
    Running& running = g_run->running();
    if (++running.step >= running.stop_step) [[unlikely]]
      g_run->check_limits();
  }

  // Whether some of these bytes, or accesses at this code address, are known to race in this run.
  bool races(Address address, std::size_t size, Address pc) const;

  // ---- atomics: atomics.cpp ---------------------------------------------------------------------

  std::uint64_t atomic_load(Address address, unsigned size, MemoryOrder order, Address pc);
  void atomic_store(Address address, unsigned size, std::uint64_t value, MemoryOrder order,
                    Address pc);
  std::uint64_t atomic_rmw(Address address, unsigned size, RmwKind kind, std::uint64_t operand,
                           MemoryOrder order, Address pc);
  bool atomic_cas(Address address, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                  MemoryOrder success, MemoryOrder failure, bool weak, Address pc);
  void atomic_wide(Address address, OpKind kind, MemoryOrder order, Address pc);
  static void fence(MemoryOrder order, Address pc);
  void annotate(Address address, bool release);

  // The location at this address, made if there is none yet. Memory that was freed fails the run.
  Location& location(Address address, Address pc);
  // The same; nullptr if the memory was freed.
  Location* location_if_allocated(Address address);

  // ---- lives of memory and of objects in it: life.cpp -------------------------------------------

  // The running thread comes to `op`, where a life begins or ends: another may go first where that
  // is known to race.
  void life_point(const Op& op);
  // Accesses, and lives, at this code address are scheduling points from now on.
  void learn(Address pc);
  // Whether there are locations in the memory of `op`.
  bool holds_locations(const Op& op);
  // Whatever was done to this memory, or to objects in it, must come before `op`.
  void check_life(const Op& op);
  // The same of the last begin or end of the object's life, and a use of it at `pc`.
  void check_use(const Location& location, Address pc);
  // Of plain writes to an object: like ThreadSanitizer, which takes a use for a read of its first
  // byte. What a plain write leaves is no object that one may use.
  void check_writes(const Location& location, Address pc) {
    if (races_.may_be_written(location.cell, g_run->clock())) [[unlikely]] {
      check_unordered_writes(location, pc);
    }
  }
  // Visits each location in the memory of `op`.
  template <typename Visit>
  void for_each_location(const Op& op, Visit visit) {
    for (Address at = op.address; at < op.address2; at = (at | 7) + 1) {
      for (Location* location = locations_.first(shadow_.cell(at)); location != nullptr;
           location = locations_.next(*location)) {
        if (location->address >= op.address && location->address < op.address2) visit(*location);
      }
    }
  }

  // ---- the heap: heap.cpp -----------------------------------------------------------------------

  void heap_free(Address block, std::size_t size, Address pc);
  void heap_allocate(Address block, std::size_t size, Address pc);
  // The same while main is the only thread: what it gets then, all others get from it.
  static void heap_allocate_alone(Address block, std::size_t size, Address pc);
  [[noreturn]] void double_free(Address block, Address pc);
  [[noreturn]] static void out_of_memory(Address pc);
  // The thread_local variables of the running thread, which ends; `pc`: the function it began with.
  void thread_local_dies(Address begin, std::size_t size, Address pc);
  // The memory begins a new life.
  void forget(Address begin, std::size_t size) { races_.forget(shadow_, begin, size); }

 private:
  template <bool kReplay, bool kWrite>
  [[gnu::noinline]] void access_point(Address address, unsigned size, Address pc);
  template <bool kWrite>
  [[gnu::noinline]] void learn_access(Address address, unsigned size, Address pc);
  // `kLearns`: bytes that race make a scheduling point of it.
  template <bool kWrite, bool kLearns>
  void check_access(Address address, unsigned size, Address pc);
  template <bool kWrite>
  [[gnu::noinline]] void record_access(ShadowCell* cell, std::uint8_t mask, Address address,
                                       Address pc);
  template <bool kWrite>
  [[gnu::noinline]] void record_first_access(std::uint8_t mask, Address address, Address pc);
  template <bool kWrite>
  [[gnu::noinline]] void record_access_slow(ShadowCell* cell, std::uint8_t mask, Address address,
                                            Address pc);
  void check_access_slow(bool write, Address address, unsigned size, Address pc);

  Location& atomic_location(OpKind kind, Address address, unsigned size, Address pc);

  // These bytes race: all accesses to them are scheduling points until the run ends.
  void mark_racing(Address address, std::size_t size);
  // The same, if another thread has accessed them too.
  void mark_if_shared(Address address, std::size_t size);
  template <typename Visit>
  void for_each_cell(Address address, std::size_t size, Visit visit);

  // The access `op` of the running thread races with earlier ones.
  void on_races(const RaceList& races, const Op& op) {
    for (const Race& race : races) on_race(race, op);
  }
  void on_race(const Race& race, const Op& op);
  // The run ends with that race, in full in the result or `known`.
  [[noreturn]] static void end_at_race(const Op& op, std::optional<std::uint64_t> known);

  bool is_freed(const ShadowCell* cell) const {
    return cell->sync == kFreedMemory && races_.alive(cell->history.write);
  }
  [[gnu::noinline]] void check_unordered_writes(const Location& location, Address pc);
  [[gnu::noinline]] static void check_anothers_frame(Address address, OpKind kind, Address pc);
  void free(const Op& op);
  [[noreturn]] void use_after_free(const ShadowCell* cell, const Op& op);

  Shadow shadow_;
  RaceDetector races_;
  LocationTable locations_;
  RacySet racy_;
  bool blurred_ = false;
  bool in_range_ = false;
  // Of the access under way. Not on the program's stack, of which a hook must take little.
  RaceList found_;
  std::vector<ShadowCell*> racing_;       // cells with bytes that race
  std::vector<std::uint64_t> run_races_;  // pairs of code addresses seen in this run, hashed
  std::vector<DiesCallback> dies_;
  std::vector<DiesCallback> locations_die_;
};

extern constinit Room<Memory> g_memory __attribute__((visibility("hidden")));

inline Op access_op(bool write, Address address, unsigned size, Address pc) {
  return {.kind = write ? OpKind::write : OpKind::read,
          .size = static_cast<std::uint8_t>(std::min(size, 255U)),
          .address = address,
          .address2 = size > 16 ? address + size : 0,
          .pc = pc};
}

}  // namespace heddle
