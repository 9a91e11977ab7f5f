// What a worker has counted in the page that it shares, added to what the search has.
#pragma once

#include <vector>

#include "harness/runtime/channel.h"
#include "harness/search/confirm.h"
#include "harness/search/result.h"

namespace heddle {

// What a search of such jobs begins with.
EngineResult result_of_no_run(const Job& job, const EarlierParts& earlier);

// `explores`: the runs are those of a walk beside the sampling, whose limits are none of the
// user's: runs that gave up at them are no runs.
void add_counts(const SharedProgress& progress, bool explores, EngineResult& result);

// The first of all runs that failed, from 1.
void note_failed(std::uint64_t run, EngineResult& result);

// One more run, which failed; `explores`: as above.
void add_failed_run(std::uint64_t run, bool explores, EngineResult& result);

void add_failures(const SharedProgress& progress, FoundFailures& found, FirstRuns& first_runs);

// `racy`: ascending.
void add_racy(const SharedProgress& progress, std::vector<Address>& racy);

}  // namespace heddle
