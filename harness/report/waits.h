// Who waits on what, as a run shows it.
#pragma once

#include <string>
#include <vector>

#include "harness/model/outcome.h"
#include "harness/model/trace.h"
#include "harness/report/describe.h"

namespace heddle {

// Of a failure of threads that are stuck: where each of them waits. The failure names other places
// as well, those at which what they wait for was taken or given away. `trace`: of the run, to leave
// out threads that have ended; nullptr if there is none.
std::vector<Place> waiting_places(const Failed& failure, const Trace* trace);

// The thread that held the mutex when the trace ended, and where it had locked it.
struct Holder {
  ThreadId thread = kNoThread;
  SourceLine source;
};
Holder holder_of(const Trace& trace, Address mutex, const Symbols& symbols);

// "waits to lock m at a.cpp:12; T2 holds m since a.cpp:7"; one for each of waiting_places().
struct WaitText {
  ThreadId thread = kNoThread;
  std::string text;
};
std::vector<WaitText> wait_texts(const Failed& failure, const Trace& trace, Names& names);

}  // namespace heddle
