// The kernel's number of a thread, as gettid() says it, for engines whose threads share one of the
// kernel's.
#pragma once

#include <sys/types.h>

namespace heddle {

// That of the thread that is running. Set by the engine; null: the kernel is right.
using ThreadNumber = pid_t();
extern constinit ThreadNumber* g_thread_number __attribute__((visibility("hidden")));

}  // namespace heddle
