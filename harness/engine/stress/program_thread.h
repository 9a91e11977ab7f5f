// One kernel thread that executes program threads, one after the other.
#pragma once

#include <pthread.h>
#include <setjmp.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/engine/native/delayer.h"
#include "harness/engine/native/raw_system.h"
#include "harness/engine/native/thread_slot.h"
#include "harness/engine/thread_keys.h"
#include "harness/hooks/stack_bounds.h"
#include "harness/model/op.h"

namespace heddle::stress {

// Whether a thread may be cancelled, and has been.
enum class Cancel : std::uint8_t { possible, asked, too_late };

// Threads of a run that begin together wait here for each other, for a few microseconds at most.
struct Rendezvous {
  std::atomic<std::uint32_t> size;
  std::atomic<std::uint32_t> arrived;
};

struct Destructor {
  void (*function)(void*);
  void* object;
};

// In a cache line of its own: what a thread counts at each step must not slow the others down, nor
// order their accesses.
struct alignas(64) ProgramThread {
  native::ThreadSlot slot{};
  std::optional<native::Delayer> delays;
  // Steps until the threads held back by this one are let go; 0: none are.
  std::uint32_t gate_budget = 0;
  ThreadId id = 0;

  // In a call that blocks and that may be left by longjmp from a signal handler.
  std::atomic<bool> blocking{false};
  sigjmp_buf leave;
  // What the C library would run when `leave` passes by: nothing above this one. A thread leaves
  // out of pthread_cond_wait(), whose handler works on an object that may be gone.
  _pthread_cleanup_buffer bottom{};
  Address base_frame = 0;  // the frame that `leave` returns to
  std::array<Destructor, 128> destructors;
  std::size_t destructor_count = 0;
  ThreadKeys::Values key_values;

  // The work at hand.
  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  StackBounds given_stack;  // in the program's memory, to execute it on; no size: there is none
  void* result = nullptr;
  Rendezvous* rendezvous = nullptr;
  std::atomic<bool> detached{false};
  std::atomic<bool> joined{false};

  // 0: runs, 1: runs and somebody waits for its end, 2: has ended.
  native::Futex finished{0};
  // Counts the pieces of work handed over.
  native::Futex work{0};
  pthread_t handle{};
  std::size_t stack_size = 0;          // bytes
  std::atomic<bool> dismissed{false};  // by the next piece of work it is to end
  std::atomic<Cancel> cancel{Cancel::possible};
};

// Of the C library, which has no header for them.
extern "C" void _pthread_cleanup_push(_pthread_cleanup_buffer* buffer, void (*routine)(void*),
                                      void* argument);
extern "C" void _pthread_cleanup_pop(_pthread_cleanup_buffer* buffer, int execute);

// The calling thread's, while it executes the program's code; null in Heddle's own.
extern constinit thread_local ProgramThread* t_self
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

}  // namespace heddle::stress
