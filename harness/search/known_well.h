// When more runs would only say again what is known.
#pragma once

#include <cstdint>

#include "harness/model/rate.h"
#include "harness/model/schedule.h"

namespace heddle {

// Runs that fail may cost seconds each, where those that pass cost next to nothing. Whether so many
// of them have been made, in so much time each, that the rate is known as well as anybody needs.
bool is_known_well(Rate rate, double seconds);

// Likewise of runs that all gave up at a limit: that none will end is known as well. Where the
// order of steps is chosen, another may end, and is given more time.
bool never_ends(EngineKind engine, std::uint64_t gave_up, std::uint64_t finished, double seconds);

}  // namespace heddle
