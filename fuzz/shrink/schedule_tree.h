// The ways to make a schedule simpler, as a rapidcheck tree: each node's children are the schedules
// to try next, the boldest first.
#pragma once

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>

#include "harness/model/schedule.h"

namespace heddle {

// A schedule, and where the search that led to it goes on. rapidcheck's own shrinking of containers
// starts over with the largest chunks after each success, and tries every chunk size at every
// place: a quadratic number of runs where a run costs a program's execution. With the place kept in
// the node, going down the tree is delta debugging (Zeller, Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input", IEEE TSE 28 (2002)), without its step of trying single chunks alone.
struct Candidate {
  enum class Phase : std::uint8_t { removing, simplifying };

  Schedule schedule;
  Phase phase = Phase::removing;
  std::size_t chunk = 0;     // removing: how many deviations at once; 0: all of them
  std::size_t position = 0;  // the deviation, by its place in the list, to go on with
};

// The children of a node, lazily:
// 1. without a chunk of deviations, from the current size of chunk down to single ones;
// 2. with one deviation simpler: a lower thread or alternative, an earlier step;
// 3. if there are few: schedules with fewer deviations put together from their parts. A lost update
//    found as "T0 gives way to T2, then T2 to T1" cannot lose either deviation, though one alone
//    ("T1 to T2 at that step") would do.
// Each child has fewer deviations than its parent, or as many with one of them lower: so every way
// down ends. Every schedule with exactly one deviation less is among the children, so a node of
// which no child fails is 1-minimal.
rc::Seq<Candidate> simpler(const Candidate& candidate);

rc::Shrinkable<Candidate> schedule_tree(const Candidate& root);

}  // namespace heddle
