// What the program meets outside its threads: the process that they are in, signals, clocks, and
// what cannot be controlled.
#pragma once

#include <signal.h>

#include <array>

#include "harness/engine/fuzz/run/run.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/fault_handlers.h"

namespace heddle {

// Each enters what answers its calls.
void answer_process(EngineTable& table);
void answer_clock(EngineTable& table);
void answer_refused(EngineTable& table);

// What the thread that runs main does.
[[noreturn]] void run_main(FuzzThread& self);

// What the last thread does that ends where main has left by pthread_exit(): the process ends, with
// success.
[[noreturn]] void end_with_last_thread();

// Fatal signals of the program under test, while this lives: they end the run. Once at a time.
class SignalGuard {
 public:
  SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
  ~SignalGuard();

 private:
  static constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

  static stack_t stack();

  SignalStackInForce stack_{stack()};
  std::array<struct sigaction, kSignals.size()> old_ = {};
};

}  // namespace heddle
