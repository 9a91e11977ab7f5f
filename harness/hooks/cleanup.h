// Handlers that a thread pushed with pthread_cleanup_push(), in C.
#pragma once

#include <pthread.h>

#include "harness/model/op.h"

namespace heddle::cleanup {

// Those of earlier runs are forgotten.
void begin_run();

// As pthread_exit() of the calling thread: runs its handlers first, the last pushed first. Does not
// return.
void end_thread(void* result, Address pc);

// In place of pthread_cancel(), where an engine has threads that can be cancelled and more to do.
// Null elsewhere.
using CancelCallback = int (*)(pthread_t thread);
extern CancelCallback g_cancel __attribute__((visibility("hidden")));

// Whether pthread_join() would return at once, where an engine has threads of the system that stay
// behind when the program's ends. Null elsewhere.
using EndedCallback = bool (*)(pthread_t thread);
extern EndedCallback g_has_ended __attribute__((visibility("hidden")));

}  // namespace heddle::cleanup
