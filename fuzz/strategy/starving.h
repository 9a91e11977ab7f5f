// A random walk in which one thread does not get a turn for a while, as long as another can go on.
//
// Bugs that need others to come to rest first are out of reach of walks that are fair: two threads
// that wait for a flag look at it some twenty times each before they sleep (libstdc++'s
// atomic::wait does, and yields between), and it is set as soon as the third is picked once, which
// must not happen for forty steps: at 1/3 each time, once in 10^7 runs. A scheduler owes nobody a
// turn; delay-bounded scheduling (Emmi, Qadeer, Rakamarić, POPL 2011) makes the same use of it.
//
// Each run draws who starves, from which decision on, and for how many. When the thread has had its
// turn since nobody else could go on, that may have been all that was needed, and what it does next
// is to come before those whom it wakes: one time in four it starves no longer.
#pragma once

#include <cstdint>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/random_walk.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

class Starving final : public Strategy {
 public:
  Starving(const RandomWalkOptions& options, std::uint64_t seed);

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;

 private:
  RandomWalk walk_;
  Random random_;
  std::uint64_t seed_;
  ThreadId starves_ = 0;
  std::uint64_t from_ = 0;
  std::uint64_t until_ = 0;
  std::uint64_t decisions_ = 0;
  std::vector<ReadyThread> others_;
};

}  // namespace heddle
