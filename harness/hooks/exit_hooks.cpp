// The ends of a process, and what is to be run then.
#include <stdlib.h>
#include <unistd.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/exit_functions.h"

using heddle::g_engine_table;

HEDDLE_EXPORT void exit(int status) {
  g_engine_table->exit(status, HEDDLE_PC);
  __builtin_unreachable();
}

HEDDLE_EXPORT void _exit(int status) {
  g_engine_table->exit_at_once(status, HEDDLE_PC);
  __builtin_unreachable();
}

HEDDLE_EXPORT void _Exit(int status) {
  g_engine_table->exit_at_once(status, HEDDLE_PC);
  __builtin_unreachable();
}

HEDDLE_EXPORT void quick_exit(int status) {
  const heddle::Address pc = HEDDLE_PC;
  heddle::exit_functions::run_quick();
  g_engine_table->exit_at_once(status, pc);
  __builtin_unreachable();
}

// Function-local statics register their destructors here in every run; the C library's list would
// grow without end.
HEDDLE_EXPORT int __cxa_atexit(void (*function)(void*), void* argument, void* module) {
  return heddle::exit_functions::add(function, argument, module);
}

// ThreadSanitizer's library has a function of this name and the C library none that is shared: a
// program that was linked with the one cannot start without it.
HEDDLE_EXPORT int atexit(void (*function)()) {
  // As the C library does: an argument that is not looked at is none.
  return heddle::exit_functions::add(reinterpret_cast<void (*)(void*)>(function), nullptr, nullptr);
}

HEDDLE_EXPORT int on_exit(void (*function)(int, void*), void* argument) {
  return heddle::exit_functions::add(function, argument);
}

// What at_quick_exit() calls, which is linked into each program.
HEDDLE_EXPORT int __cxa_at_quick_exit(void (*function)(void*), void* /*module*/) {
  return heddle::exit_functions::add_quick(reinterpret_cast<void (*)()>(function));
}
