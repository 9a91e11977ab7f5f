// Faults of the program, and exceptions that it does not catch, while runs are executed.
#pragma once

#include <signal.h>

#include <array>
#include <cstddef>
#include <exception>

#include "harness/hooks/fault_handlers.h"
#include "harness/model/op.h"

namespace heddle::relacy {

// Called by signal handlers and by the C++ runtime, on a thread of the program.
class FaultHandler {
 public:
  FaultHandler() = default;
  FaultHandler(const FaultHandler&) = delete;
  FaultHandler& operator=(const FaultHandler&) = delete;

  // Neither returns. `pc`: the instruction itself; `fault`: the address that it touched.
  virtual void on_signal(int number, Address pc, Address fault) = 0;
  // Here `pc` is a return address in the C++ runtime.
  virtual void on_terminate(Address pc) = 0;

 protected:
  ~FaultHandler() = default;
};

// Null: no program could be running.
inline FaultHandler* g_fault_handler = nullptr;

// Sees to it that `g_fault_handler` is called, for as long as it lives. One at a time.
class FaultGuard {
 public:
  FaultGuard();
  FaultGuard(const FaultGuard&) = delete;
  FaultGuard& operator=(const FaultGuard&) = delete;
  ~FaultGuard();

 private:
  static constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

  static void on_signal(int number, siginfo_t* information, void* context);
  static void on_terminate();

  static inline std::terminate_handler terminate_before_ = nullptr;

  static stack_t stack();

  SignalStackInForce stack_{stack()};
  std::array<struct sigaction, kSignals.size()> actions_before_{};
};

}  // namespace heddle::relacy
