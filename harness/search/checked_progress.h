// The page that a worker shares with the supervisor is memory of the program's process like any
// other: a program that writes over everything writes over it too.
#pragma once

#include "harness/runtime/channel.h"
#include "harness/search/run_range.h"

namespace heddle {

// Whether the counters can be those of a job of these runs. What is not is not to be read further:
// lengths may lead anywhere. Of a worker that is done, dead or stopped.
bool is_plausible(const SharedProgress& progress, const RunRange& range);

// The run under way, or the next, as the page has it, if that is one of the range.
std::uint64_t run_within(const SharedProgress& progress, const RunRange& range);

// Nothing that was counted can be believed: as if the range's first run were under way.
void charge_first(SharedProgress& progress, const RunRange& range);

}  // namespace heddle
