// How large the search will be.
#include <algorithm>
#include <cmath>

#include "fuzz/strategy/dpor.h"
#include "fuzz/strategy/program_model.h"
#include "fuzz/strategy/sampled_count.h"

namespace heddle {
namespace {

// Fewer say little beside a forecast that rests on more.
constexpr std::size_t kFewTraces = 32;
// Of the executions made up, the share in which some step followed from nothing that was seen,
// from which on their number is held against the other forecast.
constexpr double kMostlyGuessed = 0.9;
// That one is too low more often than too high, and by so much at most.
constexpr double kTooLow = 10;
// Steps that a program is made up from: time and memory.
constexpr std::size_t kMostSteps = 8'000;
// What fits into a state.
constexpr double kMost = 0x1p62;

}  // namespace

void Dpor::keep_trace(bool given_up) {
  ProgramModel::Trace* trace = traces_.next();
  if (trace == nullptr) return;
  const std::size_t end = std::min(useless_ == kNo ? execution_.size() : useless_ + 1, depth_);
  trace->steps.resize(end > KeptTraces::kMostSteps ? 0 : end);
  trace->whole = !given_up && useless_ == kNo;
  for (std::size_t i = 0; i < trace->steps.size(); ++i) {
    const Execution::Event& event = execution_.event(i);
    const Node& node = nodes_[i];
    ProgramModel::Seen& step = trace->steps[i];
    step = {.thread = event.thread,
            .kind = event.pending,
            .pc = event.pc,
            .accesses = event.accesses,
            .alone = event.alone,
            .found = event.found,
            .other = event.other,
            .in_vain = i == useless_};
    if (node.choices.size() == 1) {
      step.choices = node.choices[0].n;
      step.choice = node.choices[0].value;
    }
    if (event.pending == OpKind::futex_wait && i + 1 < depth_ && event.thread < 64) {
      step.sleeps = (nodes_[i + 1].ready >> event.thread & 1) == 0;
    }
  }
}

double Dpor::extrapolated() const {
  double total = 1;
  for (std::size_t i = planned_; i-- > 0;) {
    const Node& node = nodes_[i];
    total = forecast_.in_node({.ready = ready_at(node),
                               .done = node.done,
                               .left = count(node.pending),
                               .before = node.child_begun - node.begun},
                              total);
  }
  return total;
}

// The tree that was explored is a corner of the whole, and tells little of what lies beside it.
// What the program may do there is made up, of what it was seen to do. Where that is guesswork,
// neither is trusted alone.
double Dpor::forecast_by(double extrapolated) const {
  const std::vector<ProgramModel::Trace>& traces = traces_.all();
  if (traces.size() < kFewTraces && known_forecast_ != 0) return known_forecast_;
  ProgramModel program;
  // From both ends: what the search began with and where it is differ most.
  std::size_t steps = 0;
  for (std::size_t i = 0; i < traces.size() && steps < kMostSteps; ++i) {
    const ProgramModel::Trace& trace = traces[i % 2 == 0 ? i / 2 : traces.size() - 1 - i / 2];
    steps += trace.steps.size();
    program.learn(trace);
  }
  const SampledCount sampled = sampled_count(program, seed_);
  if (sampled.count == 0) return extrapolated;
  const bool refuted = sampled.count < static_cast<double>(seen_.executions);
  if (!refuted && sampled.guessed <= kMostlyGuessed) return sampled.count;
  return std::clamp(sampled.count, extrapolated, kTooLow * extrapolated);
}

std::optional<Exploration> Dpor::exploration() const {
  Exploration seen = seen_;
  seen.reached = budget_.reached();
  seen.distinct = seen.executions;
  seen.fraction =
      seen.complete ? 1 : std::min(1.0, static_cast<double>(seen.executions) / extrapolated());
  return seen;
}

std::optional<Exploration> Dpor::forecast() const {
  std::optional<Exploration> seen = exploration();
  if (seen->complete || seen->executions == 0) return seen;
  const auto executions = static_cast<double>(seen->executions);
  if (latest_forecast_ == 0) {
    double planned = 1;
    for (std::size_t i = 0; i < planned_; ++i) planned += count(nodes_[i].pending);
    const double all = std::max(forecast_by(extrapolated()), executions + planned);
    latest_forecast_ = std::min(std::round(all), kMost);
  }
  seen->fraction = std::min(1.0, executions / latest_forecast_);
  return seen;
}

}  // namespace heddle
