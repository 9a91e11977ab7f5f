// Rows of an interleaving that would say nothing new, or for which there is no room.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/report/interleaving.h"

namespace heddle {

// Threads that go round in turn, each for so many times before it gives way: the loops are folded
// already, and their turns fill a table all the same.
void leave_out_turns(std::vector<InterleavingRow>& rows);

// `max_rows`: at least 4, with the one that says how many are left out.
void leave_out_the_middle(std::vector<InterleavingRow>& rows, std::size_t max_rows);

}  // namespace heddle
