// Handlers that a thread pushed with pthread_cleanup_push(), in C.
#pragma once

#include "harness/model/op.h"

namespace heddle::cleanup {

// Those of earlier runs are forgotten.
void begin_run();

// As pthread_exit() of the calling thread: runs its handlers first, the last pushed first. Does not
// return.
void end_thread(void* result, Address pc);

}  // namespace heddle::cleanup
