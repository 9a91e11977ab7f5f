// Writes down what another strategy is asked and answers, for a person who wants to answer
// otherwise. Slow (an unwind per point): for replays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "fuzz/strategy/strategy.h"
#include "harness/engine/engine.h"
#include "harness/model/decision.h"

namespace heddle {

// Into Run::decision_log(), as Job::most_decisions has it.
class DecisionRecorder final : public Strategy {
 public:
  // `job` must outlive this.
  DecisionRecorder(std::unique_ptr<Strategy> decides, const Job& job)
      : decides_(std::move(decides)), job_(job) {}

  bool begin_run(std::uint64_t run) override { return decides_->begin_run(run); }
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;
  void end_run(const RunEnd& end) override { decides_->end_run(end); }

 private:
  // A replay asks before every plain access. Where none of them races, nobody can tell the
  // difference.
  bool is_recorded(const SchedulingPoint& point) const;
  Decision& add(ThreadId thread, std::uint64_t step) const;

  std::unique_ptr<Strategy> decides_;
  const Job& job_;
};

}  // namespace heddle
