// Which steps of a run decide how it ends, by what they are: the rows that a reader is to look at.
#pragma once

#include <cstddef>
#include <set>

#include "harness/model/outcome.h"
#include "harness/model/trace.h"

namespace heddle {

// Indices of events, `cited` among them. For threads that are stuck: what was done to the
// conditions and semaphores that they wait for, and by which lock their mutexes were taken for the
// last time. Of waits for a condition: what the thread had read under the mutex. For a race,
// and where nothing is cited, the accesses that race. For what was freed: that.
std::set<std::size_t> deciding_events(const Trace& trace, const Failed& failure,
                                      const std::set<std::size_t>& cited);

}  // namespace heddle
