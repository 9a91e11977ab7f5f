// Partial order sampling: Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", CAV 2018.
//
// Each thread's next operation gets a random priority, and the highest goes next. When it has gone,
// operations that race with it get new ones (the algorithm's second form, with "redraws"). A random
// walk favours partial orders with many equal linearizations; this is nearer to an even choice
// among the partial orders themselves.
//
// Departure: operations that only enable others (a thread starts, creates one, ends) go at once,
// see dependency.h. A draw would have the first threads at work before the last ones are there, and
// in few runs would many be at work together. Mean runs to the first failure, with and without:
// reorder with 9 setters 9 and over 1 000, twostage with 10 and 10 threads 5 and 31. And where a
// thread gives way, all others draw anew: threads that wait in loops draw at each look, and one
// with a low number, for whom they wait, would be long in coming.
#pragma once

#include <cstdint>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/dependency.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

// The priorities of what is pending.
class PosPriorities {
 public:
  void begin_run() { priorities_.assign(kMostThreads, 0); }

  // An index into point.ready, of those that `may_go`, which takes such an index; of all, if there
  // are none.
  template <typename MayGo>
  std::size_t pick(const SchedulingPoint& point, Random& random, MayGo may_go) {
    for (std::size_t i = 0; i < point.ready.size(); ++i) {
      if (only_enables(point.ready[i].pending->kind)) return i;
    }
    if (point.gives_way()) {
      for (const ReadyThread& thread : point.ready) priority(thread.id) = 0;
    }
    std::size_t best = highest(point, random, may_go);
    if (best == point.ready.size()) best = highest(point, random, [](std::size_t) { return true; });
    const Op& next = *point.ready[best].pending;
    for (const ReadyThread& thread : point.ready) {
      if (thread.id != point.ready[best].id && may_conflict(next, *thread.pending)) {
        priority(thread.id) = 0;
      }
    }
    priority(point.ready[best].id) = 0;
    return best;
  }

 private:
  // Threads with priorities that last. pick() must not allocate.
  static constexpr std::size_t kMostThreads = 1024;

  // point.ready.size() if there is none.
  template <typename MayGo>
  std::size_t highest(const SchedulingPoint& point, Random& random, MayGo may_go) {
    std::size_t best = point.ready.size();
    std::uint64_t highest = 0;
    for (std::size_t i = 0; i < point.ready.size(); ++i) {
      // Who gives way has found nothing to do: the others first.
      if (!point.running && point.ready.size() > 1 && point.ready[i].id == point.thread) continue;
      std::uint64_t& own = priority(point.ready[i].id);
      if (own == 0) own = random.next() | 1;
      if (own > highest && may_go(i)) {
        highest = own;
        best = i;
      }
    }
    return best;
  }

  // 0: to be drawn.
  std::uint64_t& priority(ThreadId thread) {
    if (thread < priorities_.size()) return priorities_[thread];
    spare_ = 0;
    return spare_;
  }

  std::vector<std::uint64_t> priorities_;  // index: thread; beyond kMostThreads drawn each time
  std::uint64_t spare_ = 0;
};

class Pos final : public Strategy {
 public:
  explicit Pos(std::uint64_t seed) : seed_(seed), random_(seed) {}

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;

 private:
  std::uint64_t seed_;
  Random random_;
  PosPriorities priorities_;
};

}  // namespace heddle
