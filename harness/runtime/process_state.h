// State outside the program's memory, and back to what it was before each run: in the kernel, and
// in the C and C++ libraries. What there is: hooks/lasting_state.def.
#pragma once

#include <string>

namespace heddle::process_state {

// Before main, and before a process for runs is forked: what is found is put back from then on.
void take_snapshot();

// Puts back what take_snapshot() has found; but for what signals do, and on which stack, which is
// put back to what the first call finds: Heddle's own handlers must be in place by then, and come
// back to the same places if they are removed between jobs. To be called in the thread that runs
// main, while the program's memory is still as the run has left it, for the libraries point into
// it. Returns whether all is as it was: not where a run has called what is not put back, or has
// given up a right that cannot be had again.
bool restore();

// What it was that could not be put back, for a report: "the session (setsid())".
std::string left_behind();

}  // namespace heddle::process_state
