// The end of the process, as the program has it.
#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <string>

#include "harness/engine/fuzz/world/world.h"
#include "harness/hooks/exit_functions.h"

namespace heddle {
namespace {

// What the exception being handled says of itself; empty if there is none.
std::string current_exception_text() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return {};
  int status = 0;
  char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string text = status == 0 ? name : type->name();
  std::free(name);
  try {
    throw;
  } catch (const std::exception& exception) {
    text += ": ";
    text += exception.what();
  } catch (...) {
    // An exception of another type says no more than its type.
  }
  return text;
}

[[noreturn]] void end_process(int status, const Op& op) {
  Run& run = *g_run;
  // As who waits for the process sees it: the lowest eight bits.
  if ((status & 0xff) == 0) run.end_well(op.pc == 0);
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::exit_status,
                 .message = "exit status " + std::to_string(status & 0xff),
                 .places = {}};
  failure.places.push_back({.thread = run.self().id, .op = op, .stack = {}, .note = {}});
  run.fail(std::move(failure));
}

Op exit_point(Address pc) {
  Run& run = *g_run;
  ++run.running().step;
  const Op op = run.begin_op({.kind = OpKind::process_exit, .pc = pc});
  run.point();
  run.done(op);
  return op;
}

[[noreturn]] void exit_process(int status, Address pc) {
  Run& run = *g_run;
  const Op op = exit_point(pc);
  const std::uint64_t step = run.running().step;
  run.self().run_destructors();
  exit_functions::run_all(status);
  // What these have done other threads may yet see before the process is gone.
  if (run.running().step != step) {
    run.next_step();
    run.begin_op(op);
    run.point();
  }
  end_process(status, op);
}

[[noreturn]] void exit_process_at_once(int status, Address pc) {
  end_process(status, exit_point(pc));
}

// Perhaps because of an exception that nobody caught.
[[noreturn]] void abort_process(Address pc) {
  const RuntimeScope scope;
  std::string exception = current_exception_text();
  if (exception.empty()) g_run->fail(FailureKind::abort, "abort() was called", pc);
  g_run->fail(FailureKind::uncaught_exception, std::move(exception), pc);
}

[[noreturn]] void fail_assertion(const char* expression, Address pc) {
  Run& run = *g_run;
  const RuntimeScope scope;
  if (!run.tracing() && run.code().contains(pc)) {
    // A program that fails in many runs is not to be slowed down by describing it in each.
    const std::uint64_t cheap =
        KnownFailures::cheap_key(FailureKind::assertion, expression, pc, run.had_late_wake());
    if (const KnownFailures::Known* known = run.known().find(cheap)) run.fail_known(*known);
  }
  run.fail(FailureKind::assertion, expression, pc);
}

}  // namespace

void run_main(FuzzThread& /*self*/) {
  t_program_code = true;
  exit_process(g_run->host().program().call_main(), 0);
}

void end_with_last_thread() {
  exit_process(0, 0);
}

void answer_process(EngineTable& table) {
  table.exit = [](int status, Address pc) { exit_process(status, pc); };
  table.exit_at_once = [](int status, Address pc) { exit_process_at_once(status, pc); };
  table.abort = [](Address pc) { abort_process(pc); };
  table.assert_fail = [](const char* expression, const char*, unsigned, const char*, Address pc) {
    fail_assertion(expression, pc);
  };
}

}  // namespace heddle
