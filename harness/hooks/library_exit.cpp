#include "harness/hooks/library_exit.h"

#include <stdlib.h>
#include <unwind.h>

#include "harness/hooks/engine_table.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/own_code.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/system_objects.h"

namespace heddle::library_exit {
namespace {

bool g_watching = false;

_Unwind_Reason_Code look_for_program(_Unwind_Context* frame, void* found) {
  const auto pc = static_cast<Address>(_Unwind_GetIP(frame));
  if (is_own_code(pc) || in_system_library(reinterpret_cast<const void*>(pc & ~Address{3}))) {
    return _URC_NO_REASON;
  }
  *static_cast<Address*>(found) = pc;
  return _URC_END_OF_STACK;
}

// Where the program called the function.
Address calling_place() {
  const RuntimeScope scope;
  Address pc = 0;
  _Unwind_Backtrace(look_for_program, &pc);
  return pc;
}

void end_run(int status, void* /*unused*/) {
  if (!t_program_code || g_engine_table == &g_passthrough_table) return;
  // The C library calls each but once, and this process has other runs to come.
  watch();
  g_engine_table->exit(status, calling_place());
}

}  // namespace

void watch() {
  g_watching = true;
  HEDDLE_NEXT(on_exit)(end_run, nullptr);
}

void watch_again() {
  if (g_watching) watch();
}

}  // namespace heddle::library_exit
