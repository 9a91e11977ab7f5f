// Several strategies that take turns, run by run: none of them is good at everything, and what one
// finds at once another may never find. With k of them in equal parts a search takes at most k
// times as many runs as with the best alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/strategy/strategy.h"

namespace heddle {

class Portfolio final : public Strategy {
 public:
  // `turns`: whose turn it is, as indices into `parts`, over and over. None may be exhaustive: such
  // a search is one walk through runs of its own.
  Portfolio(std::vector<std::unique_ptr<Strategy>> parts, std::vector<std::size_t> turns);

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override { return current_->pick(point); }
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override {
    return current_->choose(what, n, thread, step);
  }
  void end_run(const RunEnd& end) override { current_->end_run(end); }

  bool follows() const override { return current_->follows(); }
  void executed(const Op& op, bool changed) override { current_->executed(op, changed); }
  void woke(ThreadId thread) override { current_->woke(thread); }

  bool learns() const override;
  std::string state() const override;
  bool set_state(std::string_view state) override;

 private:
  static constexpr std::string_view kStateName = "portfolio1";

  std::vector<std::unique_ptr<Strategy>> parts_;
  std::vector<std::size_t> turns_;
  Strategy* current_;
};

// What `auto` samples with.
std::unique_ptr<Strategy> make_sampler(std::uint64_t seed);

}  // namespace heddle
