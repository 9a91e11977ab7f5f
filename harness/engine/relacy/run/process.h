// The process as the program sees it: from main() to exit(), abort() or a fault. To be included by
// relacy_runner.cpp alone.
#pragma once

#include <signal.h>

#include <cstdint>
#include <string>

#include "harness/engine/engine.h"
#include "harness/engine/native/end_record.h"
#include "harness/engine/native/memory_limit.h"
#include "harness/engine/relacy/run/call_place.h"
#include "harness/engine/relacy/run/fault_guard.h"
#include "harness/engine/relacy/run/fibers.h"
#include "harness/engine/relacy/run/known_failures.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/hooks/caught_abort.h"
#include "harness/hooks/exit_functions.h"
#include "harness/hooks/program_heap.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::relacy {

template <typename Model>
class Process final : public FaultHandler {
 public:
  explicit Process(Run<Model>& run) : run_(run) { g_fault_handler = this; }
  ~Process() { g_fault_handler = nullptr; }

  void begin_run(const Program& program) {
    program_ = &program;
    exiting_ = false;
  }

  [[noreturn]] void run_main() {
    t_program_code = true;
    run_.record(OpKind::thread_start, 0, 0, MemoryOrder::relaxed, 0);
    const int status = program_->call_main();
    exit(status, 0);
  }

  [[noreturn]] void exit(int status, Address pc) {
    // exit() called from what runs at exit: the C library goes on with what is left.
    if (!exiting_) {
      exiting_ = true;
      run_.me().run_destructors();
    }
    let_others_go_on(pc);
    exit_functions::run_all(status);
    exit_at_once(status, pc);
  }

  [[noreturn]] void exit_at_once(int status, Address pc) {
    let_others_go_on(pc);
    run_.record(OpKind::process_exit, 0, 0, MemoryOrder::relaxed, pc);
    // As who waits for the process sees it: the lowest eight bits.
    if (const int code = status & 0xff; code != 0) {
      const RuntimeScope scope;
      run_.conclude(
          CheapKey(FailureKind::exit_status).add(pc).add(static_cast<std::uint64_t>(code)).value(),
          [&] {
            Place place{.thread = run_.current_id(),
                        .op = {.kind = OpKind::process_exit, .pc = pc},
                        .stack = {},
                        .note = {}};
            return Failed{FailureKind::exit_status, "exit status " + std::to_string(code), {place}};
          });
    }
    run_.leave();
  }

  [[noreturn]] void abort(Address pc) {
    native::AbortReason reason;
    {
      const RuntimeScope scope;
      reason = native::explain_abort(pc);
    }
    run_.fail(reason.kind, reason.message.c_str(), pc);
  }

  // What Heddle keeps of the run's memory stays: the process ends.
  [[noreturn]] void out_of_memory(Address pc) {
    const RuntimeScope scope;
    const Op op{.kind = OpKind::failure, .pc = pc};
    run_.end_with_process(Failed{FailureKind::out_of_memory,
                                 native::memory_limit::words(),
                                 {here(run_.current_id(), op, g_fibers->code)}});
  }

  void on_signal(int number, Address pc, Address fault) override {
    const bool has_fault = number == SIGSEGV || number == SIGBUS;
    const native::MessageBuffer message = native::signal_message(number, fault, has_fault);
    // Reports look at the instruction before a return address; here the instruction itself is
    // meant.
    if (const Address hook = run_.stop_touching()) {
      run_.fail(FailureKind::signal, message.c_str(), hook);
    }
    const ProgramCode& code = g_fibers->code;
    if (code.contains(pc)) run_.fail(FailureKind::signal, message.c_str(), pc + 1);
    // In somebody else's code: its locks may be held and its data half written. The process ends.
    const RuntimeScope scope;
    run_.end_with_process(
        Failed{FailureKind::signal,
               message.c_str(),
               {here(run_.current_id(), {.kind = OpKind::failure, .pc = pc}, code)}});
  }

  void on_terminate(Address pc) override {
    // As abort() would, which it stands for.
    if (caught_abort::is_handled()) caught_abort::raise_for({.pc = pc});
    native::AbortReason reason;
    {
      const RuntimeScope scope;
      reason = native::explain_terminate();
    }
    // The stack has not been unwound: its first frame is where the exception was thrown.
    run_.fail(reason.kind, reason.message.c_str(), 0);
  }

 private:
  // Nobody has waited for them, and what they do now meets what runs at exit.
  void let_others_go_on(Address pc) {
    if (run_.alone()) return;
    run_.pending(OpKind::process_exit, 0, pc);
    run_.schedule();
    run_.done();
  }

  Run<Model>& run_;
  const Program* program_ = nullptr;
  bool exiting_ = false;
};

}  // namespace heddle::relacy
