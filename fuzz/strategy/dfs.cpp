#include "fuzz/strategy/dfs.h"

#include <algorithm>

#include "fuzz/strategy/state_text.h"

namespace heddle {

bool Dfs::begin_run(std::uint64_t /*run*/) {
  if (seen_.complete) return false;
  position_ = 0;
  preemptions_ = choices_ = deviations_ = 0;
  budget_.begin_run();
  rounds_.clear();
  changes_ = 0;
  execution_.begin(0);
  execution_.step(0, OpKind::none);
  return true;
}

std::uint32_t Dfs::decide(std::uint32_t alternatives) {
  if (alternatives <= 1) return 0;
  if (position_ == decisions_.size())
    decisions_.push_back({.taken = 0, .alternatives = alternatives});
  Decision& decision = decisions_[position_++];
  return std::min(decision.taken, alternatives - 1);
}

std::size_t Dfs::pick(const SchedulingPoint& point) {
  order_.clear();
  bool all_wait = true;
  bool in_vain = true;
  for (std::uint32_t i = 0; i < point.ready.size(); ++i) {
    const ThreadId thread = point.ready[i].id;
    if (waits(thread)) {
      in_vain &= rounds_[thread] == changes_;
      continue;
    }
    // It may be no loop that waits, and what more of it would lead to is not tried.
    if (only_waits(execution_, thread, kCountedRounds)) {
      seen_.limited = true;
      continue;
    }
    all_wait = false;
    // Who goes on by default comes first.
    if (point.running && i == point.fallback) {
      order_.insert(order_.begin(), i);
    } else {
      order_.push_back(i);
    }
  }
  // And who gives way last.
  const auto gives_way = std::find_if(order_.begin(), order_.end(), [&](std::uint32_t i) {
    return !point.running && point.ready[i].id == point.thread;
  });
  if (gives_way != order_.end()) std::rotate(gives_way, gives_way + 1, order_.end());
  const auto fallback = static_cast<std::uint32_t>(point.fallback);
  if (!may_deviate() && std::find(order_.begin(), order_.end(), fallback) != order_.end()) {
    if (order_.size() > 1) seen_.deviations = options_.deviations;
    order_.assign(1, fallback);
  }
  std::uint32_t chosen = fallback;
  if (all_wait) {
    // Round about. If nothing has changed since, the scheduler will find that nothing ever will.
    // Else somebody has what it waits for, and the order among these is not tried out.
    seen_.limited |= in_vain || point.ready.size() > 1;
  } else {
    const bool can_stay = point.running && order_.front() == point.fallback;
    auto alternatives = static_cast<std::uint32_t>(order_.size());
    if (can_stay && preemptions_ == seen_.bound) {
      pruned_ |= alternatives > 1;
      alternatives = 1;
    }
    const std::uint32_t taken = decide(alternatives);
    chosen = order_[taken];
    if (can_stay && taken != 0) ++preemptions_;
  }
  if (chosen != fallback) ++deviations_;
  running_ = point.ready[chosen].id;
  execution_.step(running_, point.ready[chosen].pending->kind);
  return chosen;
}

std::uint32_t Dfs::choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t /*step*/) {
  if (!may_deviate()) seen_.deviations = options_.deviations;
  const std::uint32_t value = may_deviate() ? choose_freely(what, n, thread) : 0;
  if (value != 0) ++deviations_;
  if (value != 0 && is_outside(what)) ++choices_;
  budget_.taken(what, value, thread);
  return value;
}

std::uint32_t Dfs::choose_freely(Choice what, std::uint32_t n, ThreadId thread) {
  if (options_.choices != DfsOptions::kNoBound) {
    if (is_outside(what) && choices_ == options_.choices) {
      seen_.outside_choices = options_.choices;
      return 0;
    }
  } else if (const auto given = budget_.given(what, thread)) {
    return *given;
  }
  return decide(budget_.allowed(what, n, thread));
}

void Dfs::end_run(const RunEnd& end) {
  seen_.limited |= end.limit;
  if (preemptions_ == seen_.bound) {
    ++seen_.executions;
    fingerprints_.insert(execution_.fingerprint());
  } else {
    ++seen_.redundant;
  }
  while (!decisions_.empty() && decisions_.back().taken + 1 == decisions_.back().alternatives) {
    decisions_.pop_back();
  }
  if (!decisions_.empty()) {
    ++decisions_.back().taken;
    return;
  }
  seen_.by_bound.push_back(fingerprints_.size());
  if (!pruned_ || seen_.bound == options_.bound) {
    seen_.complete = true;
    if (!pruned_) seen_.bound = Exploration::kNoBound;
    return;
  }
  pruned_ = false;
  ++seen_.bound;
}

std::string Dfs::state() const {
  StateWriter out(kStateName);
  out.add(seen_.complete ? 1 : 0);
  out.add(seen_.executions);
  out.add(seen_.redundant);
  out.add(seen_.limited ? 1 : 0);
  budget_.write_reached(out);
  out.add(seen_.bound);
  out.add(seen_.outside_choices);
  out.add(seen_.deviations);
  out.add(pruned_ ? 1 : 0);
  out.add(decisions_.size());
  for (const Decision& decision : decisions_) {
    out.add(decision.taken);
    out.add(decision.alternatives);
  }
  out.add(seen_.by_bound.size());
  for (const std::uint64_t count : seen_.by_bound) out.add(count);
  out.add(fingerprints_.size());
  for (const std::uint64_t fingerprint : fingerprints_) out.add(fingerprint);
  return out.take();
}

bool Dfs::set_state(std::string_view state) {
  if (state.empty()) return true;
  StateReader in(kStateName, state);
  seen_.complete = in.number() != 0;
  seen_.executions = in.number();
  seen_.redundant = in.number();
  seen_.limited = in.number() != 0;
  budget_.read_reached(in);
  seen_.bound = static_cast<std::uint32_t>(in.number());
  seen_.outside_choices = static_cast<std::uint32_t>(in.number());
  seen_.deviations = static_cast<std::uint32_t>(in.number());
  pruned_ = in.number() != 0;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    const auto taken = static_cast<std::uint32_t>(in.number());
    decisions_.push_back({.taken = taken, .alternatives = static_cast<std::uint32_t>(in.number())});
  }
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    seen_.by_bound.push_back(in.number());
  }
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    fingerprints_.insert(in.number());
  }
  return in.at_end();
}

std::optional<Exploration> Dfs::exploration() const {
  Exploration seen = seen_;
  seen.reached = budget_.reached();
  seen.distinct = fingerprints_.size();
  seen.fraction = seen.complete ? 1 : 0;
  double share = 1;
  for (const Decision& decision : decisions_) {
    seen.fraction += share * decision.taken / decision.alternatives;
    share /= decision.alternatives;
  }
  return seen;
}

}  // namespace heddle
