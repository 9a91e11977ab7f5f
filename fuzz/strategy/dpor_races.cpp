// Which pairs of steps are turned round, and where what that leads to is planned.
#include <algorithm>

#include "fuzz/strategy/dpor.h"

namespace heddle {
namespace {

// Whether a try to lock will succeed after the last step that changed the lock. Of locks that
// several may share it is not known how many do: there it stays what it was.
void settle_try(Access& own, const AccessList& last) {
  const bool exclusive = own.mode == AccessMode::try_lock || own.mode == AccessMode::try_fail;
  if (!exclusive) return;
  AccessMode mode = AccessMode::try_lock;
  for (const Access& access : last) {
    if (!meet(access, own)) continue;
    if (access.mode == AccessMode::shared_lock || access.mode == AccessMode::try_shared_lock ||
        access.mode == AccessMode::shared_unlock) {
      return;
    }
    mode = takes(access.mode) ? AccessMode::try_fail : AccessMode::try_lock;
  }
  own.mode = mode;
}

AccessList everything() {
  AccessList list;
  list.overflow = true;
  return list;
}

}  // namespace

bool Dpor::hangs_on_the_rest(const Execution::Race& race) const {
  const Execution::Event& second = execution_.event(race.second);
  return !nodes_[race.first].sleepers.empty() || second.alone.depends() ||
         second.pending == OpKind::mutex_trylock_fail;
}

// Of a step that found a value before, or a lock taken: what it accesses after the steps before
// `race.first` and those of the sequence.
AccessList Dpor::turned_round(const Execution::Race& race) {
  const Execution::Event& second = execution_.event(race.second);
  AccessList turned = second.accesses;
  const bool tries = second.pending == OpKind::mutex_trylock_fail;
  if ((!second.alone.depends() && !tries) || turned.overflow || turned.size == 0) return turned;
  Access& own = turned.items[0];
  const auto changes = [&own](const Execution::Event& event) {
    return event.accesses.overflow ||
           std::any_of(event.accesses.begin(), event.accesses.end(), [&own](const Access& access) {
             return meet(access, own) && access.mode != AccessMode::read &&
                    access.mode != AccessMode::try_fail;
           });
  };
  // The last that changes it before.
  std::uint32_t last = Execution::kNone;
  for (auto i = sequence_.rbegin(); i != sequence_.rend() && last == Execution::kNone; ++i) {
    if (changes(execution_.event(*i))) last = *i;
  }
  for (std::uint32_t i = race.first; i-- > 0 && last == Execution::kNone;) {
    if (changes(execution_.event(i))) last = i;
  }
  if (tries) {
    const AccessList none;
    const AccessList& before = last == Execution::kNone ? none : execution_.event(last).accesses;
    settle_try(own, before);
    return turned;
  }
  // What it left is what the next that came there found. In the end that is the second step itself.
  for (std::uint32_t i = last == Execution::kNone ? 0 : last + 1; i <= race.second; ++i) {
    const Execution::Event& event = execution_.event(i);
    const bool meets = event.accesses.overflow ||
                       std::any_of(event.accesses.begin(), event.accesses.end(),
                                   [&own](const Access& access) { return meet(access, own); });
    if (!meets) continue;
    if (!event.found.has_value() || event.address != second.address || event.size != second.size) {
      // A plain access, or one of another size.
      seen_.reduced = true;
      own.mode = AccessMode::write;
    } else {
      own.mode = second.alone(*event.found) ? AccessMode::read : AccessMode::write;
    }
    break;
  }
  return turned;
}

bool Dpor::weak_initial(ThreadId thread, const AccessList& accesses, bool or_absent) const {
  if (!accesses.overflow) {
    for (const Planned& step : plan_) {
      if (step.thread == thread) return true;
      if (conflict(accesses, *step.accesses)) return false;
    }
    return or_absent;
  }
  // Not known before it was executed, except if the plan has it.
  for (auto own = plan_.begin(); own != plan_.end(); ++own) {
    if (own->thread != thread) continue;
    return std::none_of(plan_.begin(), own, [&](const Planned& step) {
      return conflict(*own->accesses, *step.accesses);
    });
  }
  return false;
}

void Dpor::reverse(const Execution::Race& race, std::size_t end) {
  Node& node = nodes_[race.first];
  const Execution::Event& second = execution_.event(race.second);
  // It waited for the first step, or for one before that: it cannot go first.
  const bool was_waiting = second.previous != Execution::kNone && second.previous < race.first;
  if (was_waiting && second.thread < 64 && (node.ready >> second.thread & 1) == 0) return;
  if (second.rounds > kWaitingRounds) {
    seen_.limited = true;
    return;
  }
  sequence_.clear();
  for (std::size_t i = race.first + 1; i < end; ++i) {
    if (!execution_.happens_before(race.first, i)) {
      sequence_.push_back(static_cast<std::uint32_t>(i));
    }
  }
  turned_ = turned_round(race);
  plan_.clear();
  for (const std::uint32_t i : sequence_) {
    const Execution::Event& event = execution_.event(i);
    plan_.push_back({event.thread, waits_at(event.pc), &event.accesses});
  }
  plan_.push_back({second.thread, waits_at(second.pc), &turned_});
  plan_at(node);
}

void Dpor::plan_at(Node& node) {
  for (const Sleeper& sleeper : node.sleepers) {
    const bool covers = sleeper.look == kNoLook;
    if (weak_initial(sleeper.thread, sleeper.accesses, covers)) return;
  }
  Branch** link = &node.pending;
  while (*link != nullptr) {
    Branch& branch = **link;
    if (!weak_initial(branch.thread, branch.accesses)) {
      link = &branch.sibling;
      continue;
    }
    const auto same = std::find_if(plan_.begin(), plan_.end(), [&](const Planned& step) {
      return step.thread == branch.thread;
    });
    const bool keeps = branch.may_wait && same == plan_.end();
    if (same != plan_.end()) plan_.erase(same);
    // A branch that ends is explored freely, and so will meet what is left of the plan; but one
    // that may turn out to explore nothing has to keep it.
    if (plan_.empty() || (branch.child == nullptr && !keeps)) return;
    link = &branch.child;
  }
  for (const Planned& step : plan_) {
    *link = new_branch(step.thread, *step.accesses);
    (*link)->may_wait = step.may_wait;
    link = &(*link)->child;
  }
}

Dpor::Branch* Dpor::new_branch(ThreadId thread, const AccessList& accesses) {
  if (free_ == nullptr) free_ = &branches_.emplace_back();
  Branch* branch = free_;
  free_ = branch->sibling;
  *branch = {.thread = thread, .accesses = accesses};
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
    execution_.executed(waiting.op, true);
    for (const Execution::Race& race : execution_.races(size)) reverse(race, end);
    execution_.cut(size);
  }
}

// What the last step did not let the others do.
void Dpor::branch_everywhere(Node& node) {
  for (const ThreadId thread : last_ready_) {
    if (thread == node.thread) continue;
    const auto is_it = [&](const auto& other) { return other.thread == thread; };
    if (std::any_of(node.sleepers.begin(), node.sleepers.end(), is_it)) continue;
    Branch** link = &node.pending;
    while (*link != nullptr && (*link)->thread != thread) link = &(*link)->sibling;
    if (*link == nullptr) *link = new_branch(thread, everything());
  }
}

}  // namespace heddle
