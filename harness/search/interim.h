// What a search has found while it is under way.
#pragma once

#include "harness/search/confirm.h"

namespace heddle {

// `result`, with what was found: its tokens are those of the runs themselves, and not all of it has
// been confirmed in fresh processes.
EngineResult interim_result(EngineResult result, const FoundFailures& found);

}  // namespace heddle
