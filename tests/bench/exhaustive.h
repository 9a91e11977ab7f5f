#pragma once

namespace heddle::bench {

// dpor on the programs whose interleavings have been counted, beside what checkers of C programs
// need for the same.
void show_exhaustive(bool small);

}  // namespace heddle::bench
