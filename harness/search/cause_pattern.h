// What a failing run is a case of, once it is known which order decides. Works on the operations of
// the run alone: kinds, objects, values, order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/model/outcome.h"
#include "harness/model/trace.h"
#include "harness/search/result.h"

namespace heddle {

// A failing run, and behind it what its threads had yet to do: what they wait for, and what they
// went on to do where the run was given another order.
struct Story {
  std::vector<Event> events;
  std::size_t happened = 0;  // the events before this one are those of the run
};

// Two events of a story, of different threads and to the same object, the first of which happened.
struct EventPair {
  std::size_t first = 0;
  std::size_t second = 0;

  friend bool operator==(const EventPair&, const EventPair&) = default;
};

// The pairs whose order may decide, the likeliest first: they conflict, and the thread of the
// second had been started when the first happened.
std::vector<EventPair> candidates(const Story& story, const Failed& failure);

// What the run showed in which the thread of the pair's first event went before the thread of the
// second had done anything.
enum class Ahead : std::uint8_t { unknown, passes, fails };

// The pattern of a pair of which it is known that the run passes with the second event before the
// first, and the events that make it.
Cause explain(const Story& story, const Failed& failure, const EventPair& pair, Ahead ahead);

// What the failure alone tells, without any other order: a circle of locks, an access to what
// another thread has freed.
std::optional<Cause> explain_failure(const Story& story, const Failed& failure);

// Of a data race: its two accesses, or the publication that they belong to. Nothing if the run does
// not show them.
std::optional<Cause> explain_race(const Story& story, const Failed& failure);

// The event by which a thread holds what it held longest when `at` came; `at` if it held nothing.
std::size_t outermost_lock(const Story& story, std::size_t at);

}  // namespace heddle
