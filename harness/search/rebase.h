// Code addresses of one process as another has them.
#pragma once

#include <span>

#include "harness/model/module.h"
#include "harness/search/result.h"
#include "harness/search/worker_process.h"

namespace heddle {

// Rewrites the addresses in what stress or tsan has found, and in what differed from fresh
// processes: from where the modules lay under that engine to where they lie in `to`. Those of
// modules that `to` does not know, of the heap and of stacks stay. ThreadSanitizer's own library
// shifts all others, and where addresses cannot be fixed (see prepared_process.h) each engine's
// library may.
void rebase(EngineResult& result, std::span<const Module> from, std::span<const Module> to);

// Where only ThreadSanitizer has been, likewise: to where `worker` has the program under fuzz.
// Leaves all as it is if that cannot be started.
void rebase_for_fuzz(CaseResult& result, const WorkerOptions& worker);

}  // namespace heddle
