// What a run changes in the C library and is put back once the memory is: the environment, and what
// Heddle keeps in the C library's place. The rest: runtime/process_state.h.
#pragma once

#include <stdio.h>

#include "harness/hooks/program_heap.h"

namespace heddle::libc_state {

// The run changes the environment.
void touch_environment();

// Whether it is the program that calls, in a run.
bool in_run();

// A stream that the run has opened (null: it has not).
void opened(FILE* stream);
// What `open()` returns. A stream outlives the run as far as the C library knows: its memory must
// too.
template <typename Open>
FILE* open_stream(Open open) {
  if (!in_run()) return open();
  const RuntimeScope scope;
  FILE* const stream = open();
  opened(stream);
  return stream;
}

// Puts back the state of the first call. That comes right before the first run, when the worker has
// its files open and the program's environment in place.
void restore();

}  // namespace heddle::libc_state
