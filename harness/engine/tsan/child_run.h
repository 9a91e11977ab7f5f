// The run's own process: what the interposed calls do there.
#pragma once

#include "harness/engine/engine.h"
#include "harness/engine/tsan/shared_run.h"

namespace heddle::tsan {

// The pages shared with the watching process; null in a process that executes no runs.
extern SharedRun* g_shared __attribute__((visibility("hidden")));

// The calling thread's, while it executes the program.
extern thread_local TsanThread* t_self
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

// Whether static objects own heap memory, so far: asked before main.
bool constructors_allocated();

// Executes runs as `go` asks for them, until one leaves this process unfit for another. Called in
// the child, and does not return.
[[noreturn]] void serve_runs(RunHost& host);

}  // namespace heddle::tsan
