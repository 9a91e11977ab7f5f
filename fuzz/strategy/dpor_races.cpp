// Which pairs of steps are turned round, and where what that leads to is planned.
#include <algorithm>

#include "fuzz/strategy/dpor.h"

namespace heddle {
namespace {

const Access* access_to(const Execution::Event& event, const Access& place) {
  const auto found = std::find_if(event.accesses.begin(), event.accesses.end(),
                                  [&place](const Access& access) { return meet(access, place); });
  return found == event.accesses.end() ? nullptr : found;
}

// What this step found in the place of the access `own` of `second`, before it did anything itself.
std::optional<std::uint64_t> found_by(const Execution::Event& event, const Execution::Event& second,
                                      const Access& own) {
  const bool memory = (own.object & Access::kOther) == 0;
  const bool same = memory ? event.address == second.address && event.size == second.size
                           : (event.address | Access::kOther) == own.object;
  if (event.found.has_value() && same) return event.found;
  const Access* access = access_to(event, own);
  if (access == nullptr) return std::nullopt;
  if (access->mode == AccessMode::lock || access->mode == AccessMode::try_lock) return 0;
  if (access->mode == AccessMode::unlock) return 1;
  return std::nullopt;
}

// What is found behind this step, of which nothing more is known than how it accesses that.
std::optional<std::uint64_t> left_by(const Execution::Event& event, const Access& own) {
  const Access* access = access_to(event, own);
  if (access == nullptr) return std::nullopt;
  if (access->mode == AccessMode::lock || access->mode == AccessMode::try_lock) return 1;
  if (access->mode == AccessMode::unlock) return 0;
  return std::nullopt;
}

// What a step that commutes with others of its kind adds to what the next one finds.
std::uint64_t added_by(AccessMode mode) {
  switch (mode) {
    case AccessMode::post:
      return 1;
    case AccessMode::shared_lock:
    case AccessMode::try_shared_lock:
      return 2;
    case AccessMode::shared_unlock:
      return ~std::uint64_t{1};  // -2
    default:
      return 0;
  }
}

// How the step accesses what its operation is to.
AccessMode mode_of(const Execution::Event& step, bool alone) {
  switch (step.pending) {
    case OpKind::mutex_trylock_fail:
      if (alone) return AccessMode::try_fail;
      return step.alone.mask == 1 ? AccessMode::try_shared_lock : AccessMode::try_lock;
    case OpKind::once:
      return alone ? AccessMode::shared_lock : AccessMode::lock;
    default:
      return alone ? AccessMode::read : AccessMode::write;
  }
}

AccessList everything() {
  AccessList list;
  list.overflow = true;
  return list;
}

}  // namespace

bool Dpor::hangs_on_the_rest(const Execution::Race& race) const {
  return !nodes_[race.first].sleepers.empty() || execution_.event(race.second).alone.depends();
}

// What the second step finds behind the steps before the first and those of the sequence.
std::optional<std::uint64_t> Dpor::found_in_front(const Execution::Race& race,
                                                  const Access& own) const {
  const Execution::Event& second = execution_.event(race.second);
  if (const auto found = found_by(execution_.event(race.first), second, own)) {
    // What the sequence has done there commutes with the first step.
    std::uint64_t value = *found;
    for (const std::uint32_t i : sequence_) {
      for (const Access& access : execution_.event(i).accesses) {
        if (meet(access, own)) value += added_by(access.mode);
      }
    }
    return value;
  }
  const auto changes = [&own](const Execution::Event& event) {
    if (is_life(event.pending)) return false;
    const Access* access = access_to(event, own);
    return event.accesses.overflow || (access != nullptr && access->mode != AccessMode::read &&
                                       access->mode != AccessMode::try_fail);
  };
  // The last that changes it before.
  std::uint32_t last = Execution::kNone;
  for (auto i = sequence_.rbegin(); i != sequence_.rend() && last == Execution::kNone; ++i) {
    if (changes(execution_.event(*i))) last = *i;
  }
  for (std::uint32_t i = race.first; i-- > 0 && last == Execution::kNone;) {
    if (changes(execution_.event(i))) last = i;
  }
  if (last != Execution::kNone) {
    if (const auto left = left_by(execution_.event(last), own)) return left;
  }
  // What it left is what the next that came there found. In the end that is the second step itself.
  for (std::uint32_t i = last == Execution::kNone ? 0 : last + 1; i <= race.second; ++i) {
    const Execution::Event& event = execution_.event(i);
    if (!event.accesses.overflow && access_to(event, own) == nullptr) continue;
    if (is_life(event.pending)) continue;
    return found_by(event, second, own);
  }
  return std::nullopt;
}

// Of a step whose effect hangs on what it finds: what it accesses in front of the first.
AccessList Dpor::turned_round(const Execution::Race& race) {
  const Execution::Event& second = execution_.event(race.second);
  AccessList turned = second.accesses;
  if (second.pending == OpKind::barrier_wait && !turned.overflow && turned.size != 0) {
    return arrives_in_plan(race.first, race.second);
  }
  if (!second.alone.depends() || turned.overflow || turned.size == 0) return turned;
  // A compare-exchange that fails without cause does so with cause too.
  if (second.pending == OpKind::atomic_rmw && choices_at(race.second) != 0) return turned;
  Access& own = turned.items[0];
  const std::optional<std::uint64_t> found = found_in_front(race, own);
  // By an access of another size to the same.
  if (!found.has_value()) seen_.reduced = true;
  own.mode = mode_of(second, found.has_value() && second.alone(*found));
  return turned;
}

// With the same choices, as far as there are any.
std::uint64_t Dpor::choices_in_front(const Execution::Race& race) {
  const std::uint64_t choices = choices_at(race.second);
  const Execution::Event& second = execution_.event(race.second);
  if (choices == 0 || !second.alone.depends() || second.accesses.overflow) return choices;
  const std::optional<std::uint64_t> found = found_in_front(race, second.accesses.items[0]);
  if (!found.has_value()) return choices;
  // It fails with cause, or wakes nobody.
  if (second.alone(*found)) return 0;
  const bool wakes = second.pending != OpKind::atomic_rmw;
  return wakes && nodes_[race.second].choices.size() == 1 ? std::min(choices, *found - 1) : choices;
}

// Whether the second step has to wait there.
bool Dpor::would_wait(const Execution::Race& race) const {
  const Execution::Event& second = execution_.event(race.second);
  if (!second.accesses.overflow && second.accesses.size != 0) {
    const Access& own = second.accesses.items[0];
    const bool takes_unit = second.pending == OpKind::sem_wait && !second.alone.depends();
    if (takes_unit || own.mode == AccessMode::lock || own.mode == AccessMode::shared_lock) {
      if (const auto found = found_in_front(race, own)) {
        if (takes_unit) return *found == 0;
        return own.mode == AccessMode::lock ? *found != 0 : *found == 1;
      }
    }
  }
  // It waited for the first step, or for one before that.
  const std::uint32_t came_by =
      second.previous != Execution::kNone ? second.previous : second.creator;
  const bool was_there = came_by == Execution::kNone || came_by < race.first;
  return was_there && second.thread < 64 && (nodes_[race.first].ready >> second.thread & 1) == 0;
}

bool Dpor::weak_initial(const Plan& plan, ThreadId thread, std::uint64_t choices,
                        const AccessList& accesses, bool or_absent) {
  if (!accesses.overflow) {
    const Access& own = accesses.items[0];
    unsigned arrived = 0;
    for (const Planned& step : plan) {
      if (step.thread == thread) return step.choices == choices;
      if (conflict(accesses, *step.accesses)) return false;
      if (own.mode == AccessMode::arrive && step.accesses->size != 0 &&
          meet(own, step.accesses->items[0]) && ++arrived == own.missing) {
        return false;  // one of them is the last, or the other
      }
    }
    return or_absent;
  }
  // Not known before it was executed, except if the plan has it.
  for (auto own = plan.begin(); own != plan.end(); ++own) {
    if (own->thread != thread) continue;
    return own->choices == choices && std::none_of(plan.begin(), own, [&](const Planned& step) {
             return conflict(*own->accesses, *step.accesses);
           });
  }
  return false;
}

void Dpor::plan_rest(std::size_t event, std::size_t end) {
  sequence_.clear();
  plan_.clear();
  in_plan_used_ = 0;
  for (std::size_t i = event + 1; i < end; ++i) {
    if (execution_.happens_before(event, i)) continue;
    sequence_.push_back(static_cast<std::uint32_t>(i));
    const Execution::Event& step = execution_.event(i);
    const AccessList* accesses = &step.accesses;
    if (accesses->size != 0 && accesses->items[0].mode == AccessMode::arrive) {
      if (in_plan_used_ == in_plan_.size()) in_plan_.emplace_back();
      accesses = &(in_plan_[in_plan_used_++] = arrives_in_plan(event, i));
    }
    plan_.push_back({step.thread, waits_at(step.pc), choices_at(i), accesses});
  }
}

AccessList Dpor::arrives_in_plan(std::size_t first, std::size_t event) const {
  constexpr unsigned kMost = 255;
  AccessList list = execution_.event(event).accesses;
  Access& own = list.items[0];
  unsigned missing = own.mode == AccessMode::arrive ? own.missing : 0;
  for (std::size_t i = first; i < event; ++i) {
    const AccessList& other = execution_.event(i).accesses;
    if (other.size == 0 || !meet(other.items[0], own) || !execution_.happens_before(first, i)) {
      continue;
    }
    if (other.items[0].mode != AccessMode::arrive) {
      // It takes the place of the last.
      missing = 0;
      break;
    }
    ++missing;
  }
  own.mode = missing == 0 ? AccessMode::write : AccessMode::arrive;
  own.missing = static_cast<std::uint8_t>(std::min(missing, kMost));
  return list;
}

void Dpor::reverse(const Execution::Race& race, std::size_t end) {
  Node& node = nodes_[race.first];
  const Execution::Event& second = execution_.event(race.second);
  if (second.rounds > kCountedRounds) {
    seen_.limited = true;
    return;
  }
  plan_rest(race.first, end);
  if (would_wait(race)) return;
  turned_ = turned_round(race);
  plan_.push_back({second.thread, waits_at(second.pc), choices_in_front(race), &turned_});
  plan_at(node);
  plan_choices_in_front(race, end);
}

// Those that it has in front of the first step only.
void Dpor::plan_choices_in_front(const Execution::Race& race, std::size_t end) {
  const Execution::Event& second = execution_.event(race.second);
  if (!second.alone.depends() || second.accesses.overflow || second.accesses.size == 0) return;
  const bool signals = second.pending == OpKind::cond_signal;
  if (!signals && !second.alone.may_fail) return;
  plan_rest(race.first, end);
  const std::optional<std::uint64_t> found = found_in_front(race, second.accesses.items[0]);
  if (!found.has_value() || second.alone(*found)) return;
  const bool has_choices = race.second < depth_ && !nodes_[race.second].choices.empty();
  std::uint64_t choices = has_choices ? nodes_[race.second].choices.front().n : 1;
  const std::uint64_t most = signals ? *found : may_fail(race.second) ? 2 : 0;
  turned_ = second.accesses;
  turned_.items[0].mode = signals ? AccessMode::write : AccessMode::read;
  for (; choices < most; ++choices) {
    plan_rest(race.first, end);
    plan_.push_back({second.thread, waits_at(second.pc), choices, &turned_});
    plan_at(nodes_[race.first]);
  }
}

bool Dpor::may_fail(std::size_t event) const {
  std::uint32_t failures = 0;
  for (std::uint32_t i = execution_.event(event).previous; i != Execution::kNone;
       i = execution_.event(i).previous) {
    if (execution_.event(i).alone.may_fail && choices_at(i) != 0) ++failures;
  }
  return failures < kWeakFailures;
}

void Dpor::plan_alternatives(std::size_t event, std::size_t end) {
  const Node& node = nodes_[event];
  if (node.choices.empty()) return;
  const Execution::Event& step = execution_.event(event);
  std::vector<ChoiceTaken> choices;
  for (const ChoiceTaken& taken : node.choices) {
    choices.push_back(taken);
    for (std::uint32_t value = 0; value < taken.n; ++value) {
      if (value == taken.value) continue;
      choices.back().value = value;
      // What it accesses hangs on the choice in one case, a compare-exchange that may fail.
      turned_ = event < end ? step.accesses : everything();
      if (step.alone.depends() && step.pending == OpKind::atomic_rmw && turned_.size != 0) {
        turned_.items[0].mode =
            value != 0 || step.alone(*step.found) ? AccessMode::read : AccessMode::write;
      }
      plan_rest(event, end);
      plan_.push_back({step.thread, waits_at(step.pc), number_of(choices), &turned_});
      plan_at(nodes_[event]);
    }
    choices.back() = taken;
  }
}

bool Dpor::is_covered(const Node& node) const {
  for (auto sleeper = node.sleepers.begin(); sleeper != node.sleepers.end(); ++sleeper) {
    const auto initial = [&](const Sleeper& other) {
      // Of a run that was cut short the plan may lack what wakes it.
      const bool covers = other.look == kNoLook && !cut_;
      return other.thread == sleeper->thread &&
             weak_initial(plan_, other.thread, other.choices, other.accesses, covers);
    };
    if (!initial(*sleeper)) continue;
    const bool planned = std::any_of(plan_.begin(), plan_.end(), [&](const Planned& step) {
      return step.thread == sleeper->thread;
    });
    // With one alternative alone only if that is the one.
    if (planned || std::count_if(sleeper, node.sleepers.end(), initial) ==
                       static_cast<std::ptrdiff_t>(sleeper->alternatives)) {
      return true;
    }
  }
  return false;
}

void Dpor::plan_at(Node& node) {
  if (!is_covered(node)) plan_in(&node.pending, plan_, false);
}

void Dpor::plan_in(Branch** level, Plan& plan, bool keeps) {
  Branch** link = level;
  while (*link != nullptr) {
    Branch& branch = **link;
    if (!weak_initial(plan, branch.thread, branch.choices, branch.accesses)) {
      link = &branch.sibling;
      continue;
    }
    const auto same = std::find_if(plan.begin(), plan.end(), [&](const Planned& step) {
      return step.thread == branch.thread;
    });
    const bool absent = same == plan.end();
    keeps |= branch.may_wait;
    if (absent) {
      // With whichever choices the thread makes.
      for (Branch* other = branch.sibling; other != nullptr; other = other->sibling) {
        if (other->thread != branch.thread || (other->child == nullptr && !keeps)) continue;
        if (!weak_initial(plan, other->thread, other->choices, other->accesses)) continue;
        Plan copy = plan;
        plan_in(&other->child, copy, keeps);
      }
    } else {
      plan.erase(same);
    }
    // A branch that ends is explored freely, and so will meet what is left of the plan; but one
    // that may turn out to explore nothing has to keep it, and all that is planned behind it.
    if (plan.empty() || (branch.child == nullptr && !keeps)) return;
    link = &branch.child;
  }
  for (const Planned& step : plan) {
    *link = new_branch(step);
    link = &(*link)->child;
  }
}

Dpor::Branch* Dpor::new_branch(const Planned& step) {
  if (free_ == nullptr) free_ = &branches_.emplace_back();
  Branch* branch = free_;
  free_ = branch->sibling;
  *branch = {.thread = step.thread,
             .choices = step.choices,
             .may_wait = step.may_wait,
             .accesses = *step.accesses};
  return branch;
}

void Dpor::drop(Branch* tree) {
  while (tree != nullptr) {
    drop(tree->child);
    Branch* next = tree->sibling;
    tree->child = nullptr;
    tree->sibling = free_;
    free_ = tree;
    tree = next;
  }
}

std::uint32_t Dpor::count(const Branch* tree) {
  std::uint32_t n = 0;
  for (; tree != nullptr; tree = tree->sibling) ++n;
  return n;
}

// A thread that waits for ever, or until the run is over, might have been in time: what it waits
// for was there before another took it. So its next step takes part in races, though it never came.
void Dpor::reverse_waiting(std::size_t end) {
  const std::size_t size = execution_.size();
  for (const Waiting& waiting : waiting_) {
    execution_.step(waiting.thread, waiting.op.kind);
    if (waiting.op.kind == OpKind::sem_wait) execution_.found(0, LeavesAlone::never());
    execution_.executed(waiting.op, true);
    for (const Execution::Race& race : execution_.races(size)) reverse(race, end);
    execution_.cut(size);
  }
}

// What the last step did not let the others do.
void Dpor::branch_everywhere(Node& node) {
  for (const ThreadId thread : last_ready_) {
    if (thread == node.thread) continue;
    if (is_asleep(node, thread)) continue;
    Branch** link = &node.pending;
    while (*link != nullptr && (*link)->thread != thread) link = &(*link)->sibling;
    const AccessList unknown = everything();
    if (*link != nullptr) continue;
    // With one of the choices that do not sleep; from there on the others are planned.
    std::uint64_t choices = 0;
    while (is_asleep(node, thread, choices)) ++choices;
    *link = new_branch({.thread = thread, .choices = choices, .accesses = &unknown});
  }
}

}  // namespace heddle
