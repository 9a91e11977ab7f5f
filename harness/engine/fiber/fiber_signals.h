// Signals where all threads of the program are fibers of one thread of the system.
//
// A handler must not run amid Heddle's own work, which it would enter again by its hooks: such a
// signal is handled a little later, once the program's own code runs. And while a handler runs,
// others of the program's threads may: what it blocks (sa_mask) is kept here for its thread alone,
// since the kernel knows but one.
#pragma once

#include <ucontext.h>

#include "harness/hooks/program_signals.h"

namespace heddle::fiber_signals {

// As EngineTable::handle_signal.
void handle(const program_signals::Arrived& arrived, ucontext_t* interrupted);

}  // namespace heddle::fiber_signals
