// Rounds of loops in which nothing is changed: left out, see dpor.h.
#include <algorithm>
#include <utility>

#include "fuzz/strategy/dpor.h"

namespace heddle {

void Dpor::came_round(ThreadId thread, const Round& round) {
  if (goes_round_ || (round.unlocks && tries_)) return;
  const auto end = round_end(thread, round.steps);
  if (!end.has_value()) return;
  round_ = end;
  unlocking_rounds_ |= round.unlocks;
  if (!waits_at(round.pc)) {
    // The rounds before it were not known for what they are, and have been explored.
    new_place_ = round.pc;
  }
}

// What ends the round is the last step of it that could have found something else: behind that it
// comes to its end whatever others do. Of a mutex that is given back that is the lock, with nothing
// but steps of its own behind.
std::optional<Dpor::RoundEnd> Dpor::round_end(ThreadId thread, std::uint32_t steps) const {
  const Access* given_back = nullptr;
  std::uint32_t event = execution_.last_of(thread);
  for (; steps > 0; --steps, event = execution_.event(event).previous) {
    const AccessList& accesses = execution_.event(event).accesses;
    const bool any = accesses.size != 0 || accesses.overflow;
    // The first of all, if none of them accesses anything.
    if (!any && (steps > 1 || given_back != nullptr)) continue;
    const RoundEnd end{event, steps - 1};
    if (given_back != nullptr) {
      const bool alone = accesses.size == 1 && !accesses.overflow;
      const Access& access = accesses.items[0];
      if (!alone || access.mode != AccessMode::lock || !meet(access, *given_back)) break;
      return end;
    }
    if (!any || accesses.overflow || accesses.items[0].mode != AccessMode::unlock) return end;
    if (accesses.size != 1) break;
    given_back = &accesses.items[0];
  }
  return std::nullopt;
}

void Dpor::end_round(const RoundEnd& end) {
  if (new_place_ == 0 && !waits_at(execution_.event(end.event).pc)) {
    new_place_ = execution_.event(end.event).pc;
  }
  useless_ = end.event;
  look_ = look_of(end.event, end.before);
}

std::uint32_t Dpor::look_of(std::uint32_t event, std::uint32_t before) {
  const Execution::Event& step = execution_.event(event);
  const auto known = std::find_if(looks_.begin(), looks_.end(), [&](const Look& look) {
    return look.before == before && look.step.pending == step.pending &&
           look.step.address == step.address && look.step.size == step.size &&
           look.step.found == step.found && look.step.alone == step.alone &&
           look.step.accesses == step.accesses;
  });
  if (known == looks_.end()) {
    looks_.push_back({step, before});
    return static_cast<std::uint32_t>(looks_.size() - 1);
  }
  return static_cast<std::uint32_t>(known - looks_.begin());
}

// Whether nothing that the thread has found in the round it is amid has changed since.
bool Dpor::is_unchanged(const Sleeper& sleeper) const {
  std::uint32_t event = execution_.last_of(sleeper.thread);
  for (std::uint32_t left = looks_[sleeper.look].before; left > 0; --left) {
    for (std::size_t i = event + 1; i < execution_.size(); ++i) {
      const Execution::Event& later = execution_.event(i);
      if (later.thread != sleeper.thread &&
          conflict(execution_.event(event).accesses, later.accesses)) {
        return false;
      }
    }
    event = execution_.event(event).previous;
  }
  return true;
}

std::size_t Dpor::nobody(const Node& node, const SchedulingPoint& point) {
  bool unchanged = true;
  for (const ReadyThread& ready : point.ready) {
    const auto sleeper = std::find_if(node.sleepers.begin(), node.sleepers.end(),
                                      [&](const Sleeper& it) { return it.thread == ready.id; });
    if (sleeper == node.sleepers.end() || sleeper->look == kNoLook) return kEndRun;
    unchanged &= is_unchanged(*sleeper);
  }
  if (!unchanged) {
    // Somebody would find something else in the next round. That is an interleaving without this
    // one, and comes from turning round what did the change and what was found before it.
    blocked_ = true;
    return kEndRun;
  }
  // For ever, as the scheduler is to find.
  goes_round_ = true;
  round_ready_ = point.ready.size();
  return point.fallback;
}

// What is planned behind a step that ended a round, `rest` behind the last node, is planned in its
// stead. The thread's own steps behind it access nothing, and go with it.
void Dpor::leave_out_round(Branch* rest) {
  Node& node = nodes_[useless_];
  Branch* planned = rest;
  bool any = rest != nullptr;
  for (std::size_t i = depth_; i-- > useless_ + 1;) {
    Node& later = nodes_[i];
    any |= later.pending != nullptr;
    Branch* others = std::exchange(later.pending, nullptr);
    if (later.thread != node.thread && later.thread != kNoThread) {
      Branch* branch =
          new_branch({later.thread, false, choices_at(i), &execution_.event(i).accesses});
      branch->child = planned;
      branch->sibling = others;
      planned = branch;
    } else {
      Branch** link = &planned;
      while (*link != nullptr) link = &(*link)->sibling;
      *link = others;
    }
  }
  depth_ = useless_ + 1;
  path_.clear();
  if (any) plan_again(node, planned);
  drop(planned);
}

void Dpor::plan_again(Node& node, const Branch* tree) {
  for (; tree != nullptr; tree = tree->sibling) {
    path_.push_back({tree->thread, tree->may_wait, tree->choices, &tree->accesses});
    if (tree->child != nullptr) {
      plan_again(node, tree->child);
    } else {
      plan_ = path_;
      plan_at(node);
    }
    path_.pop_back();
  }
}

// The same of a thread that waits in a loop.
void Dpor::reverse_looks(std::size_t end) {
  const std::size_t size = execution_.size();
  const Node& last = nodes_[depth_ - 1];
  for (const Sleeper& sleeper : last.sleepers) {
    if (sleeper.look == kNoLook) continue;
    if (last.thread != kNoThread && conflict(sleeper.accesses, execution_.event(size - 1).accesses))
      continue;
    execution_.step_as(sleeper.thread, looks_[sleeper.look].step);
    for (const Execution::Race& race : execution_.races(size)) reverse(race, end);
    execution_.cut(size);
  }
}

}  // namespace heddle
