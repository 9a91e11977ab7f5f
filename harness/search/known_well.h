// When more runs would only say again what is known.
#pragma once

#include "harness/model/rate.h"

namespace heddle {

// Runs that fail may cost seconds each, where those that pass cost next to nothing. Whether so many
// of them have been made, in so much time each, that the rate is known as well as anybody needs.
bool is_known_well(Rate rate, double seconds);

}  // namespace heddle
