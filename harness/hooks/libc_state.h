// What a run changes in the C library, and the next must not find: the environment, the random
// numbers of rand(), open files, the working directory.
#pragma once

#include <stdio.h>

#include "harness/hooks/program_heap.h"

namespace heddle::libc_state {

enum class Part {
  environment,
  random,
  drand48,
  hash_table,  // of hcreate()
  working_folder,
  file_mode_mask,
};

// The program changes this: restore() has to put it back.
void touch(Part part);

// Whether it is the program that calls, in a run.
bool in_run();

// A stream that the run has opened (null: it has not), or has closed.
void opened(FILE* stream);
void closed(FILE* stream);
// The run has changed which descriptors are open.
void changed_files();

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
