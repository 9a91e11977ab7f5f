// Controlled execution: the program's threads are fibers on one OS thread, and a strategy decides
// at every scheduling point who goes next. Sequentially consistent; data races are found by
// happens-before, so that what weaker memory could do to a racy program is reported as the race.
//
// Scheduling points are the operations on locks, condition variables, threads and atomics, and
// plain accesses known to race (see Job::racy_pcs).
#pragma once

#include <memory>

#include "harness/engine/engine.h"

namespace heddle {

// At most one may exist in a process: hooks have no argument to find it by.
std::unique_ptr<Engine> make_fuzz_engine();

}  // namespace heddle
