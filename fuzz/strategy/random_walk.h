// A random walk through the tree of schedules, with a bias to stay with the running thread.
//
// The plain walk (stay = 0) is the "random scheduler" of Thomson, Donaldson, Betts, "Concurrency
// Testing Using Controlled Schedulers: An Empirical Study", ACM TOPC 2 (2016): at each point every
// ready thread is equally likely. It is the baseline there, and a good one for small programs.
//
// Departure: with probability `stay` the running thread goes on without a draw. In a plain walk the
// chance that one of n threads takes m steps in a row is n^-m, and many bugs need one thread to get
// far ahead; staying makes it about stay^m. But bugs that need many switches get harder to find, so
// no one bias is good for all. Runs to the first failure, 1/p over 20 000 runs of programs in
// miniature:
//
//   stay                            0    0.5    0.7    0.9   0.95  drawn
//   lost update, 2 threads          3      5      8     21     39      6
//   reorder, 9 setters         10 000    377    137    109    147    182
//   read first, write 50 on         -  2 857    161     21     21     54
//   8 philosophers                714  2 500  2 500 10 000      -  2 222
//
// So unless told otherwise each run draws its bias from kStays: at least a third as good as the
// best of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "fuzz/random.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

struct RandomWalkOptions {
  // 0 to 1: the probability to go on with the running thread before all ready ones are drawn from.
  // At 1 a thread loses its turn only when it blocks, ends or yields. Empty: drawn for each run.
  std::optional<double> stay;
};

class RandomWalk final : public Strategy {
 public:
  static constexpr std::array kStays{0.0, 0.7, 0.9};

  RandomWalk(const RandomWalkOptions& options, std::uint64_t seed);

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;

 private:
  RandomWalkOptions options_;
  std::uint64_t seed_;
  Random random_;
  double stay_ = 0;  // of this run
};

}  // namespace heddle
