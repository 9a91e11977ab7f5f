// The limits of the process that count what Heddle has as well: its address space, and the
// processor time of all runs before. What the program sets is kept for it, and made to hold for it
// alone.
#pragma once

namespace heddle::program_limits {

// As they were before main.
void restore();

}  // namespace heddle::program_limits
