// The relacy engine: runs the unmodified program under the Relacy race detector (Dmitry Vyukov,
// 2008-2013), which decides both who goes next and which of an atomic's values a load sees, by its
// model of the C++ memory model.
//
// Limits, all Relacy's own: no switch at plain accesses (sound only because it reports races); an
// atomic remembers its last three values, so even a full search is not all that C++11 allows; a
// run stops at its first failure. At most 16 threads may be created in a run, joined ones included.
// A full search cannot go past a run that kills the process.
//
// relacy_engine.cpp asks for one run after the other; relacy_runner.cpp, the one file that includes
// Relacy, executes it with the parts that rooms.h lists and hook_table.h forwards the program's
// calls to. They lie in rooms, each using only those after it: verdict/ says what a run got stuck
// on, objects/ has a file for each kind of lock and for threads and their keys, memory/ for plain
// and atomic accesses, fences and races, and run/ has the fibers, the schedulers, the trace and the
// ends of a run.
#pragma once

#include <memory>

#include "harness/engine/engine.h"

namespace heddle {

// One at a time: Relacy has but one context, and the fibers' stacks are at fixed addresses.
std::unique_ptr<Engine> make_relacy_engine();

}  // namespace heddle
