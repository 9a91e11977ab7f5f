// What is made of a search's findings before they are reported.
#pragma once

#include <functional>

#include "harness/search/engine_search.h"
#include "harness/search/result.h"

namespace heddle {

// Gives the first findings a minimal interleaving, and others the callers of their places.
void minimize_findings(EngineResult& result, SearchOptions options,
                       const std::function<void()>& progress);

}  // namespace heddle
