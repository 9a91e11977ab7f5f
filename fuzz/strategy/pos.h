// Partial order sampling: Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", CAV 2018.
//
// Each thread's next operation gets a random priority, and the highest goes next. When it has gone,
// operations that race with it get new ones (the algorithm's second form, with "redraws"). A random
// walk favours partial orders with many equal linearizations; this is nearer to an even choice
// among the partial orders themselves.
#pragma once

#include <cstdint>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

class Pos final : public Strategy {
 public:
  explicit Pos(std::uint64_t seed) : seed_(seed), random_(seed) {}

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;

 private:
  // Of the operation that is pending; 0: to be drawn.
  std::uint64_t& priority(ThreadId thread);

  std::uint64_t seed_;
  Random random_;
  std::vector<std::uint64_t> priorities_;  // index: thread; beyond kMost it is drawn each time
  std::uint64_t spare_ = 0;
};

}  // namespace heddle
