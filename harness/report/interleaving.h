// From everything that happened in a run to the few rows that a person must read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/model/outcome.h"
#include "harness/model/trace.h"
#include "harness/report/describe.h"

namespace heddle {

struct InterleavingRow {
  // pending: a step that a sentence names and the thread had yet to make when the run failed.
  enum class Kind : std::uint8_t { operation, failure, elided, pending };

  Kind kind = Kind::operation;
  std::size_t number = 0;  // from 1, counting what is shown; 0 for elided
  ThreadId thread = kNoThread;
  std::uint64_t step = 0;       // the thread's own count, as in Event
  std::uint64_t last_step = 0;  // the same; later where a library call of several steps is one row
  SourceLine source;
  std::string text;
  // Why the thread of the row before did not go on; none where it did.
  SwitchReason why = SwitchReason::none;
  ThreadId switched_from = kNoThread;
  // Preempted since the row before, in steps that are not shown: not by that switch. All
  // preemptions of the run stand in one of the two.
  std::vector<ThreadId> preempted{};
  bool racy = false;
  bool decides = false;  // how the run ends: what the reader is to look at
  // A folded loop: this row and the fold_rows - 1 rows above happened `times` times in a row.
  std::uint64_t times = 1;
  std::size_t fold_rows = 0;
};

// How many preemptions the row tells of.
std::size_t preemptions_in(const InterleavingRow& row);

struct Interleaving {
  std::vector<ThreadId> threads;  // those that have a row, ascending
  std::vector<InterleavingRow> rows;
  bool truncated = false;  // the beginning of the run was not recorded

  bool is_pending(const Event& event) const;
};

struct InterleavingOptions {
  std::size_t max_rows = 60;   // more are left out from the middle; at least 4
  std::vector<Event> cited{};  // steps that sentences name: each is a row of its own
  bool weak_memory = false;    // as in note_rows()
};

// Which rows matter. An access to memory does if another thread makes a conflicting one and nothing
// but locks and luck orders the two: order that comes from starting and joining threads does not
// count as a conflict, or the arguments handed to a new thread would be one. An operation on a
// mutex or a condition variable does under the same rule, or if the failure names the object. For a
// data race only its own location and the atomics count, and nothing after it; for a deadlock plain
// memory does not count. Accesses with none of the person's code on the stack never do. What a
// library function does to one object in one call is one row. What an assertion's line looks at is
// shown in any case, and so are choices that depart from the obvious (row_notes.h).
Interleaving select_rows(const Trace& trace, const Failed& failure, Names& names,
                         const InterleavingOptions& options = {});

// What the report of a minimal interleaving shows: its cause's steps are rows.
InterleavingOptions rows_of(const MinimalInterleaving& minimal);

// The last of all that the threads did, whether it matters to others or not, loops folded: of a run
// that was stopped in the middle. Code of libraries that no code of the person's called is left
// out. Of the events before `from`, which say who waits and holds what, there are no rows.
Interleaving select_last_rows(const Trace& trace, Names& names, std::size_t max_rows = 40,
                              std::size_t from = 0);

// The number of the row that shows this event, or what the thread still waits for if the event did
// not happen (it has no step then); 0 if there is none.
std::size_t row_of(const Interleaving& interleaving, const Event& event);

}  // namespace heddle
