// What a search has been through, in words.
#pragma once

#include <string>

#include "harness/search/result.h"

namespace heddle {

// Of a search that has coverage: "4 distinct interleavings, none new in the last tenth of the runs;
// 4 to 7 decisions a run, 5.9 on average".
std::string coverage_text(const EngineResult& engine);

// How likely its runs have missed a bug.
std::string bound_text(const EngineResult& engine, const DepthBound& bound);

}  // namespace heddle
