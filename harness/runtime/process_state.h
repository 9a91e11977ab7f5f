// State outside the program's memory, and back to what it was before each run: in the kernel, and in
// the C and C++ libraries. What there is: hooks/lasting_state.def.
#pragma once

#include <string>

namespace heddle::process_state {

// Puts back what the first call finds; Heddle's own signal handlers must be in place by then, and
// stay in place between runs. To be called in the thread that runs main, while the program's memory
// is still as the run has left it, for the libraries point into it. Returns whether all is as it
// was: not where a run has called what is not put back, or has given up a right that cannot be had
// again.
bool restore();

// What it was that could not be put back, for a report: "the session (setsid())".
std::string left_behind();

}  // namespace heddle::process_state
