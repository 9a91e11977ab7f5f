// A strategy that knows threads by who has made them, and as which of its children. The scheduler
// numbers them in the order in which they are made, which is another one as soon as two threads
// make threads of their own: what a search has planned for "thread 4" would then be done by
// another, or by nobody.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/strategy/strategy.h"

namespace heddle {

class StableThreads final : public Strategy {
 public:
  // `inner`: one that follows() runs.
  explicit StableThreads(std::unique_ptr<Strategy> inner) : inner_(std::move(inner)) {}

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override {
    return inner_->choose(what, n, stable(thread), step);
  }
  void end_run(const RunEnd& end) override { inner_->end_run(end); }

  bool follows() const override { return inner_->follows(); }
  void found(std::uint64_t value, const LeavesAlone& alone) override {
    inner_->found(value, alone);
  }
  void executed(const Op& op, bool changed) override;
  void came_round(ThreadId thread, const Round& round) override {
    inner_->came_round(stable(thread), round);
  }
  bool waits_at(Address pc) const override { return inner_->waits_at(pc); }
  void woke(ThreadId thread) override { inner_->woke(stable(thread)); }
  void left_waiting(ThreadId thread, const Op& op) override {
    inner_->left_waiting(stable(thread), op);
  }

  bool learns() const override { return inner_->learns(); }
  std::string state() const override;
  bool set_state(std::string_view state) override;
  std::optional<Exploration> exploration() const override { return inner_->exploration(); }
  std::optional<Exploration> forecast() const override { return inner_->forecast(); }
  std::optional<DepthBound> depth_bound(std::uint64_t threads,
                                        std::uint64_t decisions) const override {
    return inner_->depth_bound(threads, decisions);
  }

 private:
  static constexpr std::string_view kStateName = "threads1";

  // A thread of the program's, whatever number it has in a run.
  struct Known {
    ThreadId creator = 0;     // as it is known here
    std::uint64_t child = 0;  // how many that one had made before

    friend bool operator==(const Known&, const Known&) = default;
  };

  ThreadId stable(ThreadId thread) const {
    return thread < stable_.size() ? stable_[thread] : thread;
  }
  ThreadId known_as(const Known& thread);

  std::unique_ptr<Strategy> inner_;
  std::vector<Known> known_ = {{}};     // index: what they are known as; main() is the first
  std::vector<ThreadId> stable_ = {0};  // of this run's threads
  std::vector<std::uint64_t> made_;     // in this run, by those of known_
  ThreadId running_ = 0;                // as it is known
  std::vector<ReadyThread> ready_;
};

}  // namespace heddle
