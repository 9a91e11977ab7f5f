// The ends of a process, and what is to be run then.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/caught_abort.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/exit_functions.h"
#include "harness/hooks/library_exit.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_imports.h"
#include "harness/hooks/program_signals.h"
#include "harness/hooks/state_uses.h"
#include "harness/hooks/system_objects.h"

using heddle::Address;
using heddle::g_engine_table;
namespace caught_abort = heddle::caught_abort;

namespace {

bool in_run() {
  return heddle::t_program_code && g_engine_table != &heddle::g_passthrough_table;
}

// They are called in the reverse order of that in which they came.
// Not of a library of the system's, which registers the end of its own objects at their first use:
// in one run of many, where the library stays as it is.
void note_exit_function(Address pc) {
  if (heddle::in_system_library(reinterpret_cast<const void*>(pc))) return;
  heddle::hidden_state::StateUses(pc)
      .update<&heddle::hidden_state::Memory::exit_functions>()
      .tell();
}

void end_by(const caught_abort::Cause& cause) {
  if (cause.expression != nullptr) {
    g_engine_table->assert_fail(cause.expression, cause.file, cause.line, cause.function, cause.pc);
  }
  g_engine_table->abort(cause.pc);
}

// A process that a handler of SIGABRT ends as a failure failed for what the handler is about.
void look_for_abort(int status) {
  if ((status & 0xff) == 0 || !in_run()) return;
  if (const caught_abort::Cause* const cause = caught_abort::under_way()) end_by(*cause);
}

// As the C library words it, where the run may go on.
void print_assertion(const caught_abort::Cause& cause) {
  const heddle::RuntimeScope scope;
  fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", cause.file, cause.line, cause.function,
          cause.expression);
}

void abort_for(const caught_abort::Cause& cause) {
  if (in_run()) {
    // What comes of it hangs on whether another thread has set a handler.
    if (heddle::program_imports::has(heddle::program_imports::Kind::sets_handlers)) {
      heddle::hidden_state::StateUses(cause.pc)
          .read<&heddle::hidden_state::Memory::signal_handlers>()
          .tell();
    }
    // In a handler already: the C library would enter it again, without end.
    if (const caught_abort::Cause* const first = caught_abort::under_way()) end_by(*first);
    if (caught_abort::is_handled()) {
      if (cause.expression != nullptr) print_assertion(cause);
      caught_abort::raise_for(cause);
    }
  }
  end_by(cause);
}

}  // namespace

HEDDLE_EXPORT void abort() {
  abort_for({.pc = HEDDLE_PC});
  __builtin_unreachable();
}

HEDDLE_EXPORT void __assert_fail(const char* expression, const char* file, unsigned line,
                                 const char* function) {
  abort_for({expression, file, line, function, HEDDLE_PC});
  __builtin_unreachable();
}

// What the handler does is the thread's own; which it is hangs on all.
HEDDLE_EXPORT int raise(int signal) noexcept {
  heddle::hidden_state::StateUses(HEDDLE_PC)
      .read<&heddle::hidden_state::Memory::signal_handlers>()
      .tell();
  if (in_run()) {
    if (const caught_abort::Cause* const cause = caught_abort::ended_by(signal)) end_by(*cause);
  }
  heddle::program_signals::note_sent(0, signal);
  return HEDDLE_NEXT(raise)(signal);
}

HEDDLE_EXPORT void exit(int status) {
  look_for_abort(status);
  g_engine_table->exit(status, HEDDLE_PC);
  __builtin_unreachable();
}

HEDDLE_EXPORT void _exit(int status) {
  look_for_abort(status);
  g_engine_table->exit_at_once(status, HEDDLE_PC);
  __builtin_unreachable();
}

HEDDLE_EXPORT void _Exit(int status) {
  look_for_abort(status);
  g_engine_table->exit_at_once(status, HEDDLE_PC);
  __builtin_unreachable();
}

HEDDLE_EXPORT void quick_exit(int status) {
  look_for_abort(status);
  const Address pc = HEDDLE_PC;
  heddle::exit_functions::run_quick();
  g_engine_table->exit_at_once(status, pc);
  __builtin_unreachable();
}

// Function-local statics register their destructors here in every run; the C library's list would
// grow without end.
HEDDLE_EXPORT int __cxa_atexit(void (*function)(void*), void* argument, void* module) {
  note_exit_function(HEDDLE_PC);
  const int error = heddle::exit_functions::add(function, argument, module);
  if (!heddle::t_program_code) heddle::library_exit::watch_again();
  return error;
}

// ThreadSanitizer's library has a function of this name and the C library none that is shared: a
// program that was linked with the one cannot start without it.
HEDDLE_EXPORT int atexit(void (*function)()) {
  note_exit_function(HEDDLE_PC);
  // As the C library does: an argument that is not looked at is none.
  return heddle::exit_functions::add(reinterpret_cast<void (*)(void*)>(function), nullptr, nullptr);
}

HEDDLE_EXPORT int on_exit(void (*function)(int, void*), void* argument) {
  note_exit_function(HEDDLE_PC);
  return heddle::exit_functions::add(function, argument);
}

// What at_quick_exit() calls, which is linked into each program.
HEDDLE_EXPORT int __cxa_at_quick_exit(void (*function)(void*), void* /*module*/) {
  note_exit_function(HEDDLE_PC);
  return heddle::exit_functions::add_quick(reinterpret_cast<void (*)()>(function));
}
