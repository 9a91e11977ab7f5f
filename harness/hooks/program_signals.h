// The handlers of signals that the program has installed. Each is called by one of Heddle's: where
// all threads of the program are fibers of one, a handler must not run amid a hook, which is not
// made to be entered again.
//
// Those of faults are the program's own as they are: they come from the very instruction that they
// are about.
#pragma once

#include <signal.h>
#include <ucontext.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "harness/model/op.h"

namespace heddle::program_signals {

// One that came, with the handler that was in force.
struct Arrived {
  int number = 0;
  siginfo_t info{};
  struct sigaction action = {};
};

// By the number of the signal, as the program gave them.
using Actions = std::array<struct sigaction, NSIG>;
// Written outside this file only between runs, together with what the system has.
extern Actions g_actions __attribute__((visibility("hidden")));

// One that has begun and not ended.
struct RunningHandler {
  Address frame = 0;
  std::uint64_t blocked = 0;  // bit n - 1: signal n
};

// Where all threads are fibers of one (harness/engine/fiber/fiber_signals.h). Empty at the
// beginning of a run.
struct FiberSignals {
  std::array<Arrived, 48> waiting;  // oldest first
  std::size_t waiting_count = 0;
  std::array<RunningHandler, 16> running;
  std::size_t running_count = 0;
};
extern FiberSignals g_fiber_signals __attribute__((visibility("hidden")));

// Set before the program sends its own process SIGKILL, of which nothing tells afterwards that it
// did not come from outside. Null: nobody asks.
extern std::atomic<std::uint32_t>* g_kills_itself __attribute__((visibility("hidden")));

// To be called before a signal is sent. `process`: as kill() has it.
void note_sent(pid_t process, int number);

// Whether the program has given the calling thread a stack for signals.
bool has_stack();

// Calls the program's handler.
void call(const Arrived& arrived, ucontext_t* context);

}  // namespace heddle::program_signals
