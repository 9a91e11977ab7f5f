// What happened before what in one run, found from its trace alone.
//
// By the rules of C++20 [intro.races] and [atomics.fences] and of POSIX for its own objects. It
// shares nothing with the race detector of the engine that made the trace: each is held against the
// other where both speak.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/model/trace.h"
#include "harness/model/vector_clock.h"

namespace heddle {

class HappensBefore {
 public:
  explicit HappensBefore(const Trace& trace);

  // Of two events of the trace, by their indices, the earlier one first.
  bool ordered(std::size_t first, std::size_t second) const;

  // Of two ordered events of different threads: the event by which the thread of the second came to
  // know of the first, not later than the second. Nothing if it knew from its beginning.
  std::optional<std::size_t> learned_by(std::size_t first, std::size_t second) const;

 private:
  const Trace& trace_;
  std::vector<VectorClock> clocks_;  // of the event's thread, right after the event
};

}  // namespace heddle
