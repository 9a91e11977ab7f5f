// Patterns that show in the failure itself: in where threads are stuck, or in what was used.
// Certain without another run.
#pragma once

#include <optional>

#include "harness/model/outcome.h"
#include "harness/search/cause_pattern.h"
#include "harness/search/result.h"

namespace heddle {

// A thread that waits while it holds what another needs; a notification that woke one of several
// who wait for it, and was the last; a lock for reading that is wanted twice; a semaphore's permit
// that a thread has kept; a variable of a call that had returned.
std::optional<Cause> explain_stuck(const Story& story, const Failed& failure);

}  // namespace heddle
