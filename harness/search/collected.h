// What a worker has counted in the page that it shares, added to what the search has.
#pragma once

#include <vector>

#include "harness/runtime/channel.h"
#include "harness/search/confirm.h"
#include "harness/search/result.h"

namespace heddle {

// `explores`: the runs are those of a walk beside the sampling, whose limits are none of the
// user's: runs that gave up at them are no runs.
void add_counts(const SharedProgress& progress, bool explores, EngineResult& result);

// The first of all runs that failed, from 1.
void note_failed(std::uint64_t run, EngineResult& result);

void add_failures(const SharedProgress& progress, FoundFailures& found, FirstRuns& first_runs);

// `racy`: ascending.
void add_racy(const SharedProgress& progress, std::vector<Address>& racy);

}  // namespace heddle
