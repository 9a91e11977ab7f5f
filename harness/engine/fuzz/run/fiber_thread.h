// A thread of the program under test: a fiber, a clock, and what it is about to do.
#pragma once

#include <unwind.h>

#include <array>
#include <cstdint>
#include <vector>

#include "harness/engine/fiber/fiber.h"
#include "harness/engine/fuzz/run/epoch.h"
#include "harness/engine/thread_keys.h"
#include "harness/hooks/stack_bounds.h"
#include "harness/model/op.h"
#include "harness/model/vector_clock.h"

namespace heddle {

struct SyncObject;

// What a thread that is about to take a synchronisation object needs of it.
enum class Want : std::uint8_t {
  exclusive,   // nobody has it
  shared,      // nobody has it exclusively
  behind,      // likewise, nor waits to have it so while others have it with them
  unit,        // a semaphore above zero
  next_round,  // a barrier that has let its round go
  all_left,    // one that nobody has yet to leave
};

struct FuzzThread {
  enum class State : std::uint8_t { ready, blocked, finished };

  ThreadId id = 0;
  State state = State::ready;
  bool detached = false;
  bool joined = false;
  bool timed_out = false;
  bool sleeping = false;  // has a timer
  // It waits, but may go on any time, by its own choice: a spurious wake-up, or an early timeout.
  bool eager = false;
  FiberContext context = nullptr;
  Address fs_base = 0;         // 0 if the system had none to give
  void* stack_top = nullptr;   // likewise
  std::size_t stack_size = 0;  // bytes below it
  Address stack_begin = 0;     // of the room that it has
  StackBounds given_stack;     // in the program's memory, instead of that; no size: there is none
  std::uint64_t step = 0;      // while it does not run; else Running's
  Epoch epoch;                 // likewise
  Address caller_frame = 0;    // likewise: t_caller_frame (hooks/caller.h)
  VectorClock clock;
  // Fences (C++20 [atomics.fences]): what a release fence published to the relaxed stores after
  // it, and what relaxed loads have seen for an acquire fence to take in.
  bool has_release_fence = false;
  VectorClock release_fence;
  VectorClock acquire_fence;
  std::uint64_t past = 0;  // see Fingerprint

  Op op;  // what it is about to do, waits for or last did

  // The synchronisation objects' own, which this room only hands on.
  SyncObject* cond = nullptr;    // waits for a notification of this
  SyncObject* wanted = nullptr;  // needs this, or will after the notification
  Want want = Want::exclusive;
  std::uint32_t want_round = 0;       // next_round: the one it waits out; futex: the value seen
  FuzzThread* next_wanter = nullptr;  // in SyncObject::wanters
  bool in_wanters = false;
  FuzzThread* next_waiter = nullptr;  // in SyncObject::first_waiter
  FuzzThread* joiner = nullptr;       // who waits for its end, or has
  Address join_pc = 0;                // where

  std::uint64_t wake_time = 0;      // virtual nanoseconds
  std::uint64_t pending_until = 0;  // while it is eager: its deadline; 0: none
  std::uint64_t eager_until = 0;    // likewise, if it will end by that
  std::uint64_t eager_step = 0;     // of the choice that it is
  // A deadline that was up, and the step of its own until which it has had no time to act on it.
  std::uint64_t due_since = 0;
  std::uint64_t due_steps = 0;
  void (*time_up)(FuzzThread&) = nullptr;  // what happens then
  std::uint32_t spins = 0;                 // operations in a row that changed nothing
  // Operations since the program last changed anything, and what Running::changes was then.
  std::uint64_t idle_ops = 0;
  std::uint64_t idle_mark = 0;
  std::uint64_t idle_plain = 0;          // plain accesses, likewise
  std::uint32_t clock_reads = 0;         // likewise
  std::array<Address, 8> idle_places{};  // what and where the operations were, hashed

  // Of loops that wait, for strategies that follow: a point that it has come to, and has changed
  // nothing since.
  struct Mark {
    Address pc = 0;  // 0: there is none
    Address address = 0;
    std::uint64_t state = 0;      // see state_at(); 0: not known
    std::uint64_t points = 0;     // of the thread until then
    std::uint32_t elsewhere = 0;  // points since it came by
    std::uint32_t patience = 1;   // after so many of them another is marked
    std::int32_t held = 0;        // mutexes, see FuzzThread::held
    std::int32_t lowest = 0;      // of that since
    bool unlocks = false;         // it has given one back since
  };
  // The first moves on until it lies in a loop; the others are where threads are known to wait.
  static constexpr std::uint32_t kWaitingMarks = 3;
  std::array<Mark, 1 + kWaitingMarks> marks{};
  std::uint32_t next_mark = 1;
  bool marked = false;  // any
  std::uint64_t points = 0;
  std::uint64_t changes_before = 0;  // Running::changes when it last went on
  // How many mutexes it has taken, and not given back, otherwise than by a try or by waking up: as
  // far as it goes up and down in a round.
  std::int32_t held = 0;
  std::uint64_t unlocks = 0;  // since its last point
  // Its plain writes while points are marked.
  struct PlainWrites {
    static constexpr std::size_t kMost = 8;
    struct Write {
      Address address = 0;
      std::uint64_t found = 0;  // was there before
      unsigned size = 0;
      std::uint64_t points = 0;  // of the thread until then
    };
    std::array<Write, kMost> items{};
    std::size_t size = 0;
    bool lost = false;         // there are more, or one is too wide
    std::uint64_t recent = 0;  // how many since its last point

    void clear() {
      size = 0;
      lost = false;
    }
  } plain_writes;

  void (*body)(FuzzThread&) = nullptr;  // what it runs; does not return
  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  void* result = nullptr;
  struct Destructor {
    void (*function)(void*);
    void* object;
  };
  std::vector<Destructor> destructors;  // of thread_local objects
  ThreadKeys::Values key_values;
  Address base_frame = 0;            // of the frame that called its start routine
  _Unwind_Exception unwinding = {};  // of pthread_exit()
  std::vector<Address> where;        // its stack at `op`, while decisions are recorded

  StackBounds stack() const {
    if (given_stack.size != 0) return given_stack;
    return {.begin = reinterpret_cast<Address>(stack_top) - stack_size, .size = stack_size};
  }

  // The thread ends: its thread_local objects go, the last made first.
  void run_destructors() {
    while (!destructors.empty()) {
      const Destructor destructor = destructors.back();
      destructors.pop_back();
      destructor.function(destructor.object);
    }
  }
};

// What of the running thread the hooks need at every access, in one cache line.
struct Running {
  std::uint64_t step = 0;       // its own count, from 1
  std::uint64_t stop_step = 0;  // where slow checks are due
  Epoch epoch;
  FuzzThread* thread = nullptr;
  std::uint64_t changes = 0;  // what any thread did that others can see
  Address stack_begin = 0;    // of the room for its own stack
  Address native_pc = 0;      // while Heddle touches the program's memory on its behalf: where from
};

}  // namespace heddle
