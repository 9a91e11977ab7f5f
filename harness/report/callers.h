// Who called the functions in which a failure came to be: a lock's own lock(), a container's member
// and the like are the same line whoever calls them.
#pragma once

#include <string>
#include <vector>

#include "harness/model/trace.h"
#include "harness/report/names.h"
#include "harness/search/result.h"

namespace heddle {

struct Called {
  ThreadId thread = kNoThread;
  Frame place;                // the innermost of the program's own
  Frame caller;               // of it, likewise the program's own
  bool synchronises = false;  // at a lock, a condition and the like
};

// Of the steps of the cause, or where no pattern is known of the places of the failure: each that
// has a caller in the program, once.
std::vector<Called> callers_of(const Failed& failure, const MinimalInterleaving* minimal,
                               const Symbols& symbols);

// "T1 in Lock::lock() (lock.h:5), called from first() (a.cpp:9); T2 in ..."; empty for none.
std::string callers_text(const std::vector<Called>& callers, const Symbols& symbols);

}  // namespace heddle
