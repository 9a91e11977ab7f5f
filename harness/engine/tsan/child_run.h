// The run's own process: what the interposed calls do there.
#pragma once

#include <dlfcn.h>

#include "harness/engine/engine.h"
#include "harness/engine/tsan/shared_run.h"

namespace heddle::tsan {

// The pages shared with the watching process; null in a process that executes no runs.
extern SharedRun* g_shared __attribute__((visibility("hidden")));

// The calling thread's, while it executes the program.
extern constinit thread_local TsanThread* t_self
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

// The function of this name behind the delay layer: ThreadSanitizer's, or the C library's.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// Whether what static objects own on the heap can be put back for another run, and doing so.
bool heap_is_restorable();
void restore_heap();

// The same of what the program maps. To be called before main, and in the process that executes
// runs before the first.
void note_maps_constructed();
void begin_mapping_runs();
bool maps_are_restorable();
void restore_maps();

// Executes runs as `go` asks for them, until one leaves this process unfit for another. Called in
// the child, and does not return.
[[noreturn]] void serve_runs(RunHost& host);

}  // namespace heddle::tsan
