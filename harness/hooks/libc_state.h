// What a run changes in the C library, and the next must not find: the environment, the random
// numbers of rand(), open files.
#pragma once

namespace heddle::libc_state {

enum class Part {
  environment,
  random,
  drand48,
  hash_table,  // of hcreate()
};

// The program changes this: restore() has to put it back.
void touch(Part part);

// Puts back the state of the first call. That comes right before the first run, when the worker has
// its files open and the program's environment in place.
void restore();

}  // namespace heddle::libc_state
