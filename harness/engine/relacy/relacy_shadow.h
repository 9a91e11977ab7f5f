// What the engine knows about the program's memory and locks within a run, on top of Relacy's own
// parts. To be included by relacy_engine.cpp alone.
#pragma once

#include <pthread.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "harness/engine/relacy/relacy_include.h"
#include "harness/engine/relacy/reserved_array.h"
#include "harness/hooks/engine_table.h"
#include "harness/model/op.h"

namespace heddle::relacy {

// ---- the program's memory

inline std::uint64_t load_memory(Address address, unsigned size) {
  std::uint64_t value = 0;
  switch (size) {
    case 1:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 1);
      break;
    case 2:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 2);
      break;
    case 4:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 4);
      break;
    default:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 8);
  }
  return value;
}

inline void store_memory(Address address, unsigned size, std::uint64_t value) {
  switch (size) {
    case 1:
      std::memcpy(reinterpret_cast<void*>(address), &value, 1);
      break;
    case 2:
      std::memcpy(reinterpret_cast<void*>(address), &value, 2);
      break;
    case 4:
      std::memcpy(reinterpret_cast<void*>(address), &value, 4);
      break;
    default:
      std::memcpy(reinterpret_cast<void*>(address), &value, 8);
  }
}

inline std::uint64_t mask_of(unsigned size) {
  return size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
}

inline std::uint64_t apply(RmwKind kind, std::uint64_t old, std::uint64_t operand, unsigned size) {
  switch (kind) {
    case RmwKind::exchange:
      return operand;
    case RmwKind::add:
      return (old + operand) & mask_of(size);
    case RmwKind::sub:
      return (old - operand) & mask_of(size);
    case RmwKind::bit_and:
      return old & operand;
    case RmwKind::bit_or:
      return old | operand;
    case RmwKind::bit_xor:
      return old ^ operand;
    case RmwKind::bit_nand:
      return ~(old & operand) & mask_of(size);
  }
  return 0;
}

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
};

// Objects of one type for the length of a run: as many as needed, none given back.
template <typename T>
class Pool {
 public:
  explicit Pool(std::size_t capacity) : memory_(capacity) {}
  void clear() { used_ = 0; }
  // Null: the pool is empty. What stood there in an earlier run is overwritten, not destroyed:
  // Relacy's destructors complain of locked mutexes.
  template <typename... Arguments>
  T* make(Arguments... arguments) {
    if (used_ == memory_.capacity()) return nullptr;
    return new (memory_[used_++].bytes) T(arguments...);
  }

 private:
  struct Room {
    alignas(T) unsigned char bytes[sizeof(T)];
  };
  ReservedArray<Room> memory_;
  std::size_t used_ = 0;
};

// ---- the program's locks

template <rl::thread_id_t kThreads>
struct Mutex {
  static constexpr int kFree = -1;

  explicit Mutex(int type)
      : kind(type), data(false, type == PTHREAD_MUTEX_RECURSIVE, false, false) {}

  int kind;
  int owner = kFree;
  unsigned depth = 0;
  rl::generic_mutex_data_impl<kThreads> data;
};

template <rl::thread_id_t kThreads>
struct Condition {
  // POSIX allows a wait to end for no reason, and Relacy tries it (not in a search by depth).
  Condition() : data(true) {}

  unsigned waiters = 0;
  // The last to notify while nobody waited.
  ThreadId notifier = kNoThread;
  Address notifier_pc = 0;
  rl::condvar_data_impl<kThreads> data;
};

template <typename Object>
struct ObjectEntry {
  Address key;
  Object* object;
};

}  // namespace heddle::relacy
