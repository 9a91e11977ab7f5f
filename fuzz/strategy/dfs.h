// Every schedule, those with the fewest preemptions first: iterative context bounding, of
// Musuvathi, Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded Programs",
// PLDI 2007.
//
// A preemption takes the turn from a thread that could go on. First all schedules without any are
// executed, then those with up to one, and so on; most bugs show within two (loc. cit.). There is
// no reduction: schedules that differ only in the order of steps that commute are all executed, and
// counted as one in Exploration::distinct. What dpor finds is checked against this.
//
// A round with bound n executes those with fewer preemptions again, where keeping them apart would
// take memory for each; executions counts them once.
//
// Waiting loops and open choices are bounded as exhaustive.h says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "fuzz/strategy/execution.h"
#include "fuzz/strategy/exhaustive.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

struct DfsOptions {
  static constexpr std::uint32_t kNoBound = Exploration::kNoBound;
  std::uint32_t bound = kNoBound;  // preemptions
  // Choices of the outside world other than the default, see is_outside(). With a bound all of them
  // are tried, a time that is up early too: without one that is left to who picks the thread.
  std::uint32_t choices = kNoBound;
  // Decisions other than the default.
  std::uint32_t deviations = kNoBound;
};

class Dfs final : public Strategy {
 public:
  explicit Dfs(const DfsOptions& options) : options_(options) { seen_.bound = 0; }

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;
  void end_run(const RunEnd& end) override;

  bool follows() const override { return true; }
  void executed(const Op& op, bool changed) override {
    budget_.executed(op, running_);
    execution_.executed(op, changed);
    if (!changed) return;
    ++changes_;
    if (running_ < rounds_.size()) rounds_[running_] = kNoRound;
  }
  void came_round(ThreadId thread, const Round& round) override {
    if (round.unlocks) return;
    if (thread >= rounds_.size()) rounds_.resize(thread + 1, kNoRound);
    rounds_[thread] = changes_;
  }
  void woke(ThreadId thread) override { execution_.woke(thread); }

  std::string state() const override;
  bool set_state(std::string_view state) override;
  std::optional<Exploration> exploration() const override;

 private:
  // A decision: alternative `taken` of `alternatives`, in an order that begins with the cheapest.
  struct Decision {
    std::uint32_t taken = 0;
    std::uint32_t alternatives = 1;
  };

  static constexpr std::string_view kStateName = "dfs3";

  std::uint32_t decide(std::uint32_t alternatives);
  std::uint32_t choose_freely(Choice what, std::uint32_t n, ThreadId thread);
  // Whether the thread has been round a loop often enough, and is seen to be where it was: looks at
  // one place that follow each other in straight lines are no loop.
  bool waits(ThreadId thread) const {
    return thread < rounds_.size() && rounds_[thread] != kNoRound &&
           only_waits(execution_, thread, kWaitingRounds);
  }
  bool may_deviate() const { return deviations_ < options_.deviations; }

  DfsOptions options_;
  Execution execution_;
  ChoiceBudget budget_;
  std::vector<Decision> decisions_;
  ThreadId running_ = 0;
  static constexpr std::uint64_t kNoRound = ~std::uint64_t{0};
  std::vector<std::uint64_t> rounds_;  // of a thread that has changed nothing since: changes_ then
  std::uint64_t changes_ = 0;          // of all threads in this run
  std::size_t position_ = 0;
  std::uint32_t preemptions_ = 0;  // in this run
  std::uint32_t choices_ = 0;      // likewise, see DfsOptions
  std::uint32_t deviations_ = 0;   // likewise
  bool pruned_ = false;            // the bound has kept some schedules out
  std::vector<std::uint32_t> order_;
  std::unordered_set<std::uint64_t> fingerprints_;
  Exploration seen_;
};

}  // namespace heddle
