#include "harness/search/confirm.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace heddle {

bool has_real_threads(EngineKind engine) {
  return engine == EngineKind::stress || engine == EngineKind::tsan;
}

void Found::take(Described& what, EngineKind engine) {
  described = true;
  failure = std::move(what.failure);
  first_run = what.run;
  token.reset();
  if (engine == EngineKind::fuzz && what.schedule.has_value()) {
    token = Token{.engine = engine, .schedule = *std::move(what.schedule), .relacy_state = {}};
  } else if (engine == EngineKind::relacy && !what.relacy_state.empty()) {
    token = Token{.engine = engine, .schedule = {}, .relacy_state = std::move(what.relacy_state)};
  }
}

// A run that had a fresh process need not be repeated in one.
bool Confirmation::repeats() const {
  return has_replays_ && !has_real_threads(job_.engine) && job_.isolation != Isolation::process;
}

void Confirmation::begin(std::uint64_t key, const Found& found) {
  if (repeats() && found.token.has_value()) replays_.want(key, found.failure, *found.token);
}

bool Confirmation::confirm(std::uint64_t key, const Found& found) {
  begin(key, found);
  replays_.wait_for_failures();
  return counts(key);
}

void Confirmation::check(const FoundFailures& found, bool at_end) {
  if (has_real_threads(job_.engine) || !has_replays_) return;
  std::vector<FoundFailures::const_iterator> in_order;
  for (auto at = found.begin(); at != found.end(); ++at) in_order.push_back(at);
  std::sort(in_order.begin(), in_order.end(), [](const auto& a, const auto& b) {
    return std::tie(a->second.first_run, a->first) < std::tie(b->second.first_run, b->first);
  });
  // Twice: one may have been under way with another token.
  for (int i = 0; i < 2; ++i) {
    for (const auto& at : in_order) begin(at->first, at->second);
    replays_.wait_for_failures();
  }
  if (at_end) {
    replays_.wait_for_all();
  } else {
    replays_.wait_for_older_samples();
  }
  if (const auto seen = replays_.difference()) {
    const bool of_program = seen->of_program || job_.isolation == Isolation::process;
    (of_program ? of_program_ : difference_) = seen->divergence;
  }
}

bool Confirmation::any_absent(const FoundFailures& found) const {
  return std::any_of(found.begin(), found.end(),
                     [this](const auto& entry) { return !counts(entry.first); });
}

void Confirmation::repeat_in(WorkerProcess& worker) {
  if (job_.isolation == Isolation::process || !has_replays_) return;
  replays_.wait_for_all();
  const auto fresh = replays_.reference();
  if (!fresh.has_value()) return;
  Job job = fresh->job;
  job.isolation = job_.isolation;
  worker.progress().stop = 0;
  worker.send(job);
  if (!worker.wait(std::chrono::milliseconds(lost_ms_))) return;
  const auto message = worker.receive();
  const auto* again = message.has_value() ? std::get_if<JobDone>(&*message) : nullptr;
  if (again == nullptr || again->error.has_value()) return;
  Sampled seen = fresh->sample;
  seen.failed = has_failed(*again);
  seen.steps = again->steps;
  seen.log = again->log;
  const auto divergence = FreshReplays::difference_of(seen, fresh->sample);
  if (divergence.has_value() && !difference_.has_value()) difference_ = divergence;
}

bool Confirmation::counts(std::uint64_t key) const {
  if (repeats()) return replays_.repetition(key) != Repetition::absent;
  if (job_.isolation == Isolation::process) return true;
  return first_runs_.verdict(key) != FirstRuns::Verdict::stays_away;
}

FreshProcess Confirmation::fresh(std::uint64_t key) const {
  if (job_.isolation == Isolation::process) return FreshProcess::shown;
  if (!has_real_threads(job_.engine)) {
    return repeats() && replays_.repetition(key) == Repetition::shown ? FreshProcess::shown
                                                                      : FreshProcess::not_tried;
  }
  return first_runs_.failures(key).first == 0 ? FreshProcess::not_yet : FreshProcess::shown;
}

bool Confirmation::differs(const FoundFailures& found) const {
  if (job_.isolation == Isolation::process) return false;
  return any_absent(found) || first_runs_.differs() || difference_.has_value();
}

void Confirmation::settle(FoundFailures found, EngineResult& result) const {
  const bool real_threads = has_real_threads(job_.engine);
  if (real_threads) result.process_runs = first_runs_.runs();
  if (of_program_.has_value() && !result.divergence.has_value()) result.divergence = of_program_;
  NotAsFresh unlike;
  unlike.divergence = difference_;
  // Two runs of one process that differed are a case of that.
  if (difference_.has_value()) result.divergence.reset();
  std::uint64_t counted = 0;
  std::uint64_t counted_late = 0;
  bool dropped = false;
  std::optional<std::uint64_t> first;
  std::set<std::uint64_t> twins;
  for (const auto& [key, seen] : found) {
    if (!seen.failure.late_wake && counts(key)) twins.insert(key);
  }
  for (auto& [key, seen] : found) {
    const bool counts_key = counts(key);
    const bool only_there = real_threads && job_.isolation != Isolation::process &&
                            first_runs_.verdict(key) == FirstRuns::Verdict::only_there;
    if (!counts_key || only_there) {
      unlike.failures.push_back({.failure = seen.failure,
                                 .count = seen.count,
                                 .failed = real_threads ? first_runs_.failures(key) : ProcessRuns{},
                                 .runs = real_threads ? first_runs_.runs() : ProcessRuns{}});
    }
    dropped |= !counts_key;
    if (!counts_key) continue;
    (seen.failure.late_wake ? counted_late : counted) += seen.count;
    // What fails without a late wake-up as well is told once.
    if (seen.failure.late_wake && twins.contains(key_with_late_wake(key))) continue;
    if (!seen.failure.late_wake)
      first = std::min(first.value_or(seen.first_run + 1), seen.first_run + 1);
    result.findings.push_back({.failure = std::move(seen.failure),
                               .count = seen.count,
                               .first_run = seen.first_run,
                               .token = std::move(seen.token),
                               .minimal = {},
                               .fresh = fresh(key)});
  }
  std::stable_sort(result.findings.begin(), result.findings.end(), comes_before);
  if (dropped) {
    // A run may have failed in several ways: no more than all of those that count.
    result.failed = std::min(result.failed, counted);
    result.failed_late = std::min(result.failed_late, counted_late);
    result.explored_failed = std::min(result.explored_failed, result.failed);
    result.first_failure = first;
  }
  if (!unlike.failures.empty() || unlike.divergence.has_value()) {
    result.not_as_fresh = std::move(unlike);
  }
}

void take_over(EngineResult& apart, EngineResult before) {
  apart.not_as_fresh = std::move(before.not_as_fresh);
  if (apart.not_as_fresh.has_value()) apart.not_as_fresh->own_processes = true;
  if (!apart.divergence.has_value()) apart.divergence = std::move(before.divergence);
  for (Finding& finding : before.findings) {
    if (finding.fresh != FreshProcess::shown) continue;
    const std::uint64_t key = failure_key(finding.failure);
    const bool again =
        std::any_of(apart.findings.begin(), apart.findings.end(),
                    [key](const Finding& other) { return failure_key(other.failure) == key; });
    if (again) continue;
    // The one run in a fresh process that has shown it.
    finding.count = 1;
    ++apart.runs;
    ++apart.failed;
    if (apart.process_runs.has_value()) ++apart.process_runs->first;
    const std::uint64_t run = finding.first_run + 1;
    apart.first_failure = std::min(apart.first_failure.value_or(run), run);
    apart.findings.push_back(std::move(finding));
  }
  std::stable_sort(apart.findings.begin(), apart.findings.end(), comes_before);
}

}  // namespace heddle
