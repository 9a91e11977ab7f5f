// Plays a schedule: does what its deviations say, and the default everywhere else.
#pragma once

#include <cstdint>
#include <vector>

#include "fuzz/strategy/strategy.h"
#include "harness/model/schedule.h"

namespace heddle {

// Any list of deviations is playable. One whose point is not reached, whose thread is not ready
// there or whose alternative does not exist is passed over; of several for one point the one with
// the lowest value counts. Every run is the same.
class Replay final : public Strategy {
 public:
  explicit Replay(Schedule schedule);

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;

 private:
  // The deviation for this point, or null.
  const Deviation* find(ThreadId thread, std::uint64_t step);

  std::vector<Deviation> deviations_;  // ascending by thread and step, one for a point
  // The first deviation of `cursor_thread_` that may still come, as a thread's steps only count up:
  // a search is needed only where another thread's point comes next.
  std::size_t cursor_ = 0;
  ThreadId cursor_thread_ = kNoThread;
};

}  // namespace heddle
