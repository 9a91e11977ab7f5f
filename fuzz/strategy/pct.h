// PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic
// Guarantees of Finding Bugs", ASPLOS 2010.
//
// Every thread has a random priority, and the ready thread with the highest goes. At d-1 random
// steps of the run, the thread whose turn it is drops below all initial priorities. A bug that
// needs d ordering constraints, in a program of n threads and k steps, is hit by a run with
// probability at least 1 / (n k^(d-1)).
//
// Departures:
// - n need not be known: a thread gets its priority, 63 random bits, when it is first seen ready.
//   The order of n such draws is a uniformly random permutation, as in the paper.
// - A change takes effect before the k_i-th step, on the thread that is about to take it; in the
//   paper after it, on the thread that took it. The schedules are the same ones, since a thread's
//   priority does not matter between its step and the next time that it would be its turn.
// - A step is a point with at least two ready threads. A priority makes no difference elsewhere, so
//   a change that falls between two such points may as well wait, and k is smaller.
// - k is not learned from earlier runs: then run i would depend on which runs this process did
//   before it, and could not be had again by its number. If `steps` is 0, each run draws its k
//   from kScales, the smaller ones more often (34 % for the first, 1/64 for the last). So a program
//   of k' steps, up to the last scale, meets a k in [k', 4 k') (or the least) in one run of 64 at
//   worst, in one of three if it is small. Who knows the length, e.g. from the decisions of the
//   default schedule, passes it and has the bound of the paper.
// - A thread that gives way while it could go on (it yields, or was made to because it spins) drops
//   below all others. A strict priority would let it spin for ever, while the thread that it waits
//   for never goes. Of several such threads, the one that gave way longest ago goes first.
// - Choices other than who goes next are drawn at random; see random_choice.h.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

struct PctOptions {
  unsigned depth = 3;       // d, 1 to kPctMaxDepth: how many ordering constraints the bug may need
  std::uint64_t steps = 0;  // k: decisions between threads in a run; 0 if unknown
};

inline constexpr unsigned kPctMaxDepth = 100;

class Pct final : public Strategy {
 public:
  static constexpr std::array<std::uint64_t, 8> kScales{8,    32,   128,    512,
                                                        2048, 8192, 32'768, 131'072};

  Pct(const PctOptions& options, std::uint64_t seed);

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;
  std::optional<DepthBound> depth_bound(std::uint64_t threads,
                                        std::uint64_t decisions) const override;

 private:
  struct Change {
    std::uint64_t step;
    std::uint64_t priority;
  };

  std::uint64_t& priority_of(ThreadId thread);

  PctOptions options_;
  std::uint64_t seed_;
  Random random_;
  std::vector<std::uint64_t> priorities_;  // by thread; 0: not seen yet
  std::vector<Change> changes_;            // ascending by step
  std::size_t next_change_ = 0;
  std::uint64_t step_ = 0;
  std::uint64_t lowest_ = 0;  // what the last thread that gave way got
};

}  // namespace heddle
