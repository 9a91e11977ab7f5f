// What an event does not say by itself and the events before it do: whom a notification wakes, who
// wakes without one, which store a load has missed.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/trace.h"
#include "harness/report/names.h"

namespace heddle {

struct RowNote {
  std::string before;  // "wakes without being notified; "
  std::string after;   // " (nobody waits)"
  // A choice of the outside world that departs from the obvious: a wait that ends without a
  // notification or by its time, a weak compare-exchange that fails though it matches, a load of a
  // value that is not the latest. Always a row.
  bool choice = false;
};

struct RowNotes {
  std::vector<RowNote> notes;  // one for each event
  // What choices are about: synchronisation objects, and atomics.
  std::set<Address> objects;
  std::set<Address> memory;
};

// `weak_memory`: loads may see other values than the latest, as Relacy has it. Elsewhere such a
// value means that code has written which is not instrumented.
RowNotes note_rows(const Trace& trace, bool weak_memory, const Names& names);

}  // namespace heddle
