// Selectively uniform random walk: Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform
// Concurrency Testing", ASPLOS 2025.
//
// If every thread goes next with a probability in proportion to the steps that it has left, all
// interleavings are equally likely. Which steps are left is known from earlier runs. Selectively:
// only some steps are of interest, and the order of those is to be uniform. The thread that takes
// the next of them is drawn by what each has left; the others go on at random up to their own next
// one and wait there. So a long thread does not drown a short one, and bugs that hang on the order
// of a few steps are likely.
//
// Departures:
// - Each run draws what is of interest in it: with the same chance everything that several threads
//   touch, or one object among those.
// - The counting run is not one but each of the first kLearningRuns, and the latest counts: places
//   that race become scheduling points in them one after the other. Before the first has ended
//   every thread has the same weight.
// - Steps that only enable others (a thread starts, creates one, ends) are taken at once, see
//   dependency.h. So a thread is there before its steps count, and its creator need not have the
//   weight of both.
// - The drawn thread may not be ready, since it waits for a lock. Where all others have come to
//   their next step of interest and it still is not, the draw is made anew among them. Likewise
//   where threads have given way as often as there are threads ready: they wait in loops, perhaps
//   for one that is held at its step of interest, and would take turns for ever.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/dependency.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

class Surw final : public Strategy {
 public:
  explicit Surw(std::uint64_t seed) : seed_(seed), random_(seed) {}

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;
  void end_run(const RunEnd& end) override;

  bool follows() const override { return true; }
  bool learns() const override { return true; }
  void executed(const Op& op, bool changed) override;

  std::string state() const override;
  bool set_state(std::string_view state) override;

 private:
  // How often a thread touched a place.
  struct Touch {
    ThreadId thread = 0;
    std::uint64_t place = 0;
    std::uint64_t times = 0;
  };
  using Profile = std::vector<Touch>;  // what a run consists of; ascending by thread and object

  bool of_interest(const Op& op) const;
  void draw();
  std::size_t draw_ready(const SchedulingPoint& point);
  void note(ThreadId thread, std::uint64_t place);
  void find_shared();

  static constexpr std::string_view kStateName = "surw1";

  std::uint64_t seed_;
  Random random_;
  std::uint64_t run_ = 0;
  Profile known_;                        // from earlier runs
  Profile seen_;                         // of the run under way, if it is one to learn from
  std::vector<std::uint64_t> shared_;    // places of several threads, ascending
  std::vector<std::uint64_t> interest_;  // of this run: one of them or all
  std::vector<std::uint64_t> left_;      // index: thread; steps of interest
  ThreadId running_ = 0;
  ThreadId intended_ = kNoThread;
  std::size_t gave_way_ = 0;  // how often threads have, since the last draw
};

}  // namespace heddle
