#include "fuzz/strategy/dpor.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

namespace heddle {
namespace {

// Choices of a step are numbers of this base.
constexpr std::uint64_t kMostAlternatives = 61;

std::uint64_t place_of_choice(std::size_t index) {
  std::uint64_t place = 1;
  for (; index > 0; --index) place *= kMostAlternatives;
  return place;
}

std::size_t index_of(std::span<const ReadyThread> ready, ThreadId thread) {
  std::size_t i = 0;
  while (i < ready.size() && ready[i].id != thread) ++i;
  return i;
}

}  // namespace

Dpor::Dpor(const DporOptions& options, std::uint64_t seed)
    : options_(options), seed_(seed), random_(seed) {
  seen_.bound = Exploration::kNoBound;
}

Dpor::Node& Dpor::add_node() {
  if (depth_ == nodes_.size()) nodes_.emplace_back();
  Node& node = nodes_[depth_++];
  node.done = 0;
  node.begun = node.child_begun = seen_.executions;
  node.explored = node.cut = node.planned = false;
  node.wanted = 0;
  node.ready = ~std::uint64_t{0};
  node.thread = kNoThread;
  node.pending = nullptr;
  node.sleepers.clear();
  node.choices.clear();
  return node;
}

std::size_t Dpor::ready_at(const Node& node) {
  return node.ready == ~std::uint64_t{0} ? 0 : static_cast<std::size_t>(std::popcount(node.ready));
}

std::uint64_t Dpor::number_of(const std::vector<ChoiceTaken>& choices) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) number += place_of_choice(i) * choices[i].value;
  return number;
}

bool Dpor::stays_asleep(Sleeper& sleeper, const AccessList& step) {
  Access& own = sleeper.accesses.items[0];
  if (own.mode != AccessMode::arrive || step.size == 0 || !meet(own, step.items[0])) return true;
  // With one less to come.
  return --own.missing != 0;
}

bool Dpor::is_asleep(const Node& node, ThreadId thread) {
  std::uint32_t alternatives = 0;
  return std::any_of(node.sleepers.begin(), node.sleepers.end(), [&](const Sleeper& sleeper) {
    return sleeper.thread == thread && ++alternatives == sleeper.alternatives;
  });
}

bool Dpor::is_asleep(const Node& node, ThreadId thread, std::uint64_t choices) {
  return std::any_of(node.sleepers.begin(), node.sleepers.end(), [&](const Sleeper& sleeper) {
    return sleeper.thread == thread && sleeper.choices == choices;
  });
}

bool Dpor::begin_run(std::uint64_t run) {
  if (seen_.complete) return false;
  random_ = Random(seed_, run);
  // The main thread's steps up to its first scheduling point.
  if (depth_ == 0) {
    add_node().thread = 0;
    planned_ = 1;
  }
  // A run that is begun again has left nodes behind.
  depth_ = planned_;
  position_ = 1;
  choice_ = 0;
  walk_ = tree_;
  round_.reset();
  new_place_ = 0;
  useless_ = kNo;
  blocked_ = goes_round_ = cut_ = false;
  budget_.begin_run();
  last_ready_.clear();
  waiting_.clear();
  execution_.begin(kept_);
  execution_.step(0, OpKind::none);
  return true;
}

void Dpor::executed(const Op& op, bool changed) {
  if (goes_round_) {
    // It was not for ever, but for longer than is followed here.
    const bool of_round = op.kind == OpKind::mutex_lock || op.kind == OpKind::mutex_unlock;
    seen_.limited |= changed && !of_round;
    return;
  }
  budget_.executed(op, nodes_[position_ - 1].thread);
  execution_.executed(op, changed);
}

std::size_t Dpor::pick(const SchedulingPoint& point) {
  if (goes_round_) return point.ready.size() > round_ready_ ? kEndRun : point.fallback;
  if (const auto round = std::exchange(round_, std::nullopt)) {
    end_round(*round);
    return kEndRun;
  }
  if (chooses_) {
    // It has made choices with which it was explored before.
    const Node& last = nodes_[position_ - 1];
    const std::uint64_t made = choices_at(position_ - 1);
    const bool as_planned = last.planned && last.wanted == made;
    if (!as_planned && is_asleep(last, last.thread, made)) return kEndRun;
  }
  last_ready_.clear();
  for (const ReadyThread& thread : point.ready) last_ready_.push_back(thread.id);
  std::size_t chosen = 0;
  if (position_ < planned_ && nodes_[position_].thread != kNoThread) {
    chosen = index_of(point.ready, nodes_[position_].thread);
    // Only a program that does not repeat itself comes here.
    if (chosen == point.ready.size()) {
      seen_.limited = true;
      return kEndRun;
    }
  } else if (position_ < planned_) {
    chosen = choose_freely(nodes_[position_], point);
    if (chosen == point.ready.size()) return nobody(nodes_[position_], point);
  } else {
    Node& node = add_node();
    node.ready = 0;
    for (const ReadyThread& thread : point.ready) {
      if (thread.id < 64) node.ready |= std::uint64_t{1} << thread.id;
    }
    // Still asleep: what the step before does not conflict with.
    const Execution::Event& step = execution_.event(position_ - 1);
    for (const Sleeper& sleeper : nodes_[position_ - 1].sleepers) {
      if (sleeper.thread == step.thread || conflict(sleeper.accesses, step.accesses)) continue;
      node.sleepers.push_back(sleeper);
      if (!stays_asleep(node.sleepers.back(), step.accesses)) node.sleepers.pop_back();
    }
    chosen = follow_tree(point);
    if (chosen == point.ready.size()) chosen = choose_freely(node, point);
    if (chosen == point.ready.size()) return nobody(node, point);
  }
  nodes_[position_++].thread = point.ready[chosen].id;
  choice_ = 0;
  const Op& pending = *point.ready[chosen].pending;
  tries_ |= pending.kind == OpKind::mutex_trylock_fail;
  execution_.step(point.ready[chosen].id, pending.kind, pending.pc);
  return chosen;
}

std::size_t Dpor::follow_tree(const SchedulingPoint& point) {
  const Node& last = nodes_[position_ - 1];
  // What was to come behind other choices than there were.
  if (last.planned && last.wanted != choices_at(position_ - 1)) walk_ = nullptr;
  if (walk_ == nullptr) return point.ready.size();
  const std::size_t chosen = index_of(point.ready, walk_->thread);
  if (chosen == point.ready.size()) {
    walk_ = nullptr;
    return chosen;
  }
  nodes_[position_].planned = true;
  nodes_[position_].wanted = walk_->choices;
  walk_ = walk_->child;
  return chosen;
}

std::size_t Dpor::choose_freely(const Node& node, const SchedulingPoint& point) {
  const auto asleep = [&](ThreadId thread) { return is_asleep(node, thread); };
  std::size_t best = point.ready.size();
  std::size_t candidates = 0;
  bool all_wait = true;
  for (std::size_t i = 0; i < point.ready.size(); ++i) {
    const ThreadId thread = point.ready[i].id;
    if (only_waits(execution_, thread, kCountedRounds)) continue;
    all_wait = false;
    if (!asleep(thread) && rather(point, i, best, ++candidates)) best = i;
  }
  if (all_wait) {
    // Round about, until the scheduler finds that nothing will ever change.
    seen_.limited = true;
    return asleep(point.ready[point.fallback].id) ? best : point.fallback;
  }
  return best;
}

bool Dpor::rather(const SchedulingPoint& point, std::size_t next, std::size_t best,
                  std::size_t candidates) {
  if (options_.random_order) return random_.below(candidates) == 0;
  // The running thread; else the first, but who gives way only if there is no other.
  if (point.ready[next].id == point.thread && point.running) return true;
  return candidates == 1 || (point.ready[best].id == point.thread && !point.running);
}

std::uint32_t Dpor::choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t /*step*/) {
  if (const auto given = budget_.given(what, thread)) return *given;
  n = budget_.allowed(what, n, thread);
  if (n <= 1) return 0;
  Node& node = nodes_[position_ - 1];
  chooses_ = true;
  if (choice_ == node.choices.size()) {
    const std::uint64_t wanted = node.wanted / place_of_choice(choice_) % kMostAlternatives;
    ChoiceTaken& choice = node.choices.emplace_back();
    choice.n = n;
    choice.value = std::min(static_cast<std::uint32_t>(wanted), n - 1);
    while (!node.planned && choice.value + 1 < n &&
           is_asleep(node, node.thread, number_of(node.choices))) {
      ++choice.value;
    }
  }
  const std::uint32_t value = std::min(node.choices[choice_++].value, n - 1);
  budget_.taken(what, value, thread);
  return value;
}

Dpor::Branch* Dpor::settle_tree() {
  Branch* level = tree_;
  tree_ = nullptr;
  if (planned_ > 0 && nodes_[planned_ - 1].planned &&
      nodes_[planned_ - 1].wanted != choices_at(planned_ - 1)) {
    drop(level);
    return nullptr;
  }
  for (std::size_t i = planned_; level != nullptr; ++i) {
    if (i >= depth_) return level;
    Branch* next = level->child;
    const bool followed =
        nodes_[i].thread == level->thread && i < position_ && choices_at(i) == level->choices;
    nodes_[i].pending = level->sibling;
    level->child = nullptr;
    level->sibling = nullptr;
    drop(level);
    level = next;
    if (!followed) {
      drop(level);
      return nullptr;
    }
  }
  return nullptr;
}

void Dpor::begin_anew() {
  if (new_place_ != 0) waiting_places_.push_back(std::exchange(new_place_, 0));
  unlocking_rounds_ = false;
  for (std::size_t i = 0; i < depth_; ++i) drop(nodes_[i].pending);
  drop(std::exchange(tree_, nullptr));
  depth_ = planned_ = kept_ = fresh_ = 0;
  cuts_ = false;
  looks_.clear();
  budget_ = {};
  forecast_ = {};
  traces_ = {};
  known_forecast_ = 0;
  seen_ = {};
  seen_.bound = Exploration::kNoBound;
}

void Dpor::end_run(const RunEnd& end) {
  Branch* rest = settle_tree();
  latest_forecast_ = 0;
  keep_trace(end.given_up);
  if (new_place_ != 0 || (unlocking_rounds_ && tries_)) {
    drop(rest);
    begin_anew();
    return;
  }
  ++(end.given_up ? seen_.redundant : seen_.executions);
  seen_.limited |= end.limit;
  if (useless_ == kNo) drop(rest);
  const bool cut = end.cut && !end.given_up && !goes_round_;
  cuts_ |= cut;
  cut_ = cut || (end.given_up && cuts_ && !blocked_ && useless_ == kNo);
  // Whoever has ended the run would end it in a plan too.
  const bool stopped = end.stopped && !end.given_up && !goes_round_;
  const std::size_t complete = execution_.size() - (stopped ? 1 : 0);
  // Also of runs that were given up: nobody else will look at those.
  for (std::size_t i = 0; chooses_ && i < std::min(execution_.size(), depth_); ++i) {
    if (useless_ != kNo && i > useless_) break;
    if (i >= fresh_ || !nodes_[i].sleepers.empty()) plan_alternatives(i, complete);
  }
  if (useless_ != kNo) {
    // What came before is looked at where it is followed to an end.
    for (const Execution::Race& race : execution_.races(useless_)) {
      if (race.second == useless_) reverse(race, useless_);
    }
    leave_out_round(rest);
  } else if (!end.given_up || blocked_ || cuts_) {
    for (const Execution::Race& race : execution_.races(0)) {
      if (race.second >= fresh_ || hangs_on_the_rest(race)) reverse(race, complete);
    }
    fresh_ = execution_.size();
    reverse_waiting(complete);
    reverse_looks(complete);
    if (cut) {
      nodes_[depth_ - 1].cut = true;
      branch_everywhere(nodes_[depth_ - 1]);
    }
  }
  backtrack();
}

void Dpor::take_up(Node& node) {
  node.thread = kNoThread;
  while (node.pending != nullptr && node.thread == kNoThread) {
    Branch* next = node.pending;
    node.pending = std::exchange(next->sibling, nullptr);
    if (!is_asleep(node, next->thread, next->choices)) {
      node.thread = next->thread;
      node.wanted = next->choices;
      node.planned = true;
      tree_ = std::exchange(next->child, nullptr);
    }
    drop(next);
  }
}

void Dpor::backtrack() {
  for (; depth_ > 0; --depth_) {
    Node& node = nodes_[depth_ - 1];
    const bool has_step = node.thread != kNoThread;
    node.explored |= has_step && depth_ - 1 != useless_;
    const bool is_round = has_step && !node.explored;
    if (node.pending == nullptr && !is_round) {
      forecast_.leave(ready_at(node), node.done + 1);
      continue;
    }
    if (has_step) {
      Sleeper& sleeper = node.sleepers.emplace_back();
      sleeper.thread = node.thread;
      sleeper.look = is_round ? look_ : kNoLook;
      sleeper.choices = choices_at(depth_ - 1);
      if (!node.choices.empty()) {
        sleeper.alternatives = node.choices.size() == 1 ? node.choices.back().n : 0;
      }
      if (position_ >= depth_) sleeper.accesses = execution_.event(depth_ - 1).accesses;
      sleeper.accesses.overflow |= node.cut || position_ < depth_;
      ++node.done;
    }
    node.explored = node.cut = node.planned = false;
    node.wanted = 0;
    node.choices.clear();
    node.child_begun = seen_.executions;
    take_up(node);
    if (node.thread != kNoThread || is_round) break;
  }
  seen_.complete = depth_ == 0;
  planned_ = depth_;
  kept_ = depth_ == 0 ? 0 : depth_ - 1;
  fresh_ = std::min(fresh_, kept_);
}

}  // namespace heddle
