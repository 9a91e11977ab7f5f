#include "fuzz/strategy/dpor.h"

#include <algorithm>
#include <span>
#include <utility>

namespace heddle {
namespace {

void add_all(AccessList& to, const AccessList& from) {
  for (const Access& access : from) to.add(access);
  to.overflow |= from.overflow;
}

std::size_t index_of(std::span<const ReadyThread> ready, ThreadId thread) {
  std::size_t i = 0;
  while (i < ready.size() && ready[i].id != thread) ++i;
  return i;
}

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

Dpor::Dpor(const DporOptions& options, std::uint64_t seed)
    : options_(options), seed_(seed), random_(seed) {
  seen_.bound = Exploration::kNoBound;
}

Dpor::Node& Dpor::add_node() {
  if (depth_ == nodes_.size()) nodes_.emplace_back();
  Node& node = nodes_[depth_++];
  node.done = 0;
  node.explored = false;
  node.ready = ~std::uint64_t{0};
  node.thread = kNoThread;
  node.pending = nullptr;
  node.alternatives = {};
  node.sleepers.clear();
  node.choices.clear();
  return node;
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
  round_ = {};
  new_place_ = 0;
  useless_ = kNo;
  blocked_ = goes_round_ = false;
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
    seen_.limited |= changed;
    return;
  }
  budget_.executed(op, nodes_[position_ - 1].thread);
  execution_.executed(op, changed);
}

std::size_t Dpor::pick(const SchedulingPoint& point) {
  if (goes_round_) return point.ready.size() > round_ready_ ? kEndRun : point.fallback;
  if (const Round round = std::exchange(round_, {}); round.steps != 0) {
    end_round(round.thread, round.steps);
    return kEndRun;
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
      if (sleeper.thread != step.thread && !conflict(sleeper.accesses, step.accesses)) {
        node.sleepers.push_back(sleeper);
      }
    }
    chosen = follow_tree(point);
    if (chosen == point.ready.size()) chosen = choose_freely(node, point);
    if (chosen == point.ready.size()) return nobody(node, point);
  }
  nodes_[position_++].thread = point.ready[chosen].id;
  choice_ = 0;
  const Op& pending = *point.ready[chosen].pending;
  execution_.step(point.ready[chosen].id, pending.kind, pending.pc);
  return chosen;
}

std::size_t Dpor::follow_tree(const SchedulingPoint& point) {
  if (walk_ == nullptr) return point.ready.size();
  const std::size_t chosen = index_of(point.ready, walk_->thread);
  walk_ = chosen == point.ready.size() ? nullptr : walk_->child;
  return chosen;
}

std::size_t Dpor::choose_freely(const Node& node, const SchedulingPoint& point) {
  const auto asleep = [&](ThreadId thread) {
    return std::any_of(node.sleepers.begin(), node.sleepers.end(),
                       [&](const Sleeper& sleeper) { return sleeper.thread == thread; });
  };
  std::size_t best = point.ready.size();
  std::size_t candidates = 0;
  bool all_wait = true;
  for (std::size_t i = 0; i < point.ready.size(); ++i) {
    const ThreadId thread = point.ready[i].id;
    if (only_waits(execution_, thread)) continue;
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

void Dpor::came_round(ThreadId thread, std::uint32_t steps, Address pc) {
  if (!waits_at(pc)) {
    // The rounds before it were not known for what they are, and have been explored.
    new_place_ = pc;
  }
  round_ = {thread, steps};
}

// What ends the round is the last step of it that could have found something else: behind that it
// comes to its end whatever others do.
void Dpor::end_round(ThreadId thread, std::uint32_t steps) {
  std::uint32_t event = execution_.last_of(thread);
  for (; steps > 1; --steps) {
    const AccessList& accesses = execution_.event(event).accesses;
    if (accesses.size != 0 || accesses.overflow) break;
    event = execution_.event(event).previous;
  }
  if (new_place_ == 0 && !waits_at(execution_.event(event).pc)) {
    new_place_ = execution_.event(event).pc;
  }
  useless_ = event;
  look_ = look_of(event, steps - 1);
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

bool Dpor::rather(const SchedulingPoint& point, std::size_t next, std::size_t best,
                  std::size_t candidates) {
  if (options_.random_order) return random_.below(candidates) == 0;
  // The running thread; else the first, but who gives way only if there is no other.
  if (point.ready[next].id == point.thread && point.running) return true;
  return candidates == 1 || (point.ready[best].id == point.thread && !point.running);
}

std::uint32_t Dpor::choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t /*step*/) {
  if (const auto given = budget_.given(what, thread)) return *given;
  n = budget_.allowed(what, n);
  if (n <= 1) return 0;
  Node& node = nodes_[position_ - 1];
  if (choice_ == node.choices.size()) node.choices.push_back({.value = 0, .n = n});
  const std::uint32_t value = std::min(node.choices[choice_++].value, n - 1);
  budget_.taken(what, value);
  return value;
}

// ---- after a run
// ----------------------------------------------------------------------------------

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

Dpor::Branch* Dpor::settle_tree() {
  Branch* level = tree_;
  tree_ = nullptr;
  for (std::size_t i = planned_; level != nullptr; ++i) {
    if (i >= depth_) return level;
    Branch* next = level->child;
    const bool followed = nodes_[i].thread == level->thread && i < position_;
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
      Branch* branch = new_branch(later.thread, execution_.event(i).accesses);
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
    path_.push_back({tree->thread, tree->may_wait, &tree->accesses});
    if (tree->child != nullptr) {
      plan_again(node, tree->child);
    } else {
      plan_ = path_;
      plan_at(node);
    }
    path_.pop_back();
  }
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

void Dpor::begin_anew() {
  waiting_places_.push_back(std::exchange(new_place_, 0));
  for (std::size_t i = 0; i < depth_; ++i) drop(nodes_[i].pending);
  drop(std::exchange(tree_, nullptr));
  depth_ = planned_ = kept_ = fresh_ = 0;
  looks_.clear();
  budget_ = {};
  seen_ = {};
  seen_.bound = Exploration::kNoBound;
}

void Dpor::end_run(const RunEnd& end) {
  Branch* rest = settle_tree();
  if (new_place_ != 0) {
    drop(rest);
    begin_anew();
    return;
  }
  ++(end.given_up ? seen_.redundant : seen_.executions);
  seen_.limited |= end.limit;
  if (useless_ == kNo) drop(rest);
  if (useless_ != kNo) {
    // What came before is looked at where it is followed to an end.
    for (const Execution::Race& race : execution_.races(useless_)) {
      if (race.second == useless_) reverse(race, useless_);
    }
    leave_out_round(rest);
  } else if (!end.given_up || blocked_) {
    const bool cut = end.cut && !goes_round_;
    const std::size_t complete = execution_.size() - (cut ? 1 : 0);
    for (const Execution::Race& race : execution_.races(0)) {
      if (race.second >= fresh_ || hangs_on_the_rest(race)) reverse(race, complete);
    }
    fresh_ = execution_.size();
    reverse_waiting(complete);
    reverse_looks(complete);
    if (cut) {
      nodes_[depth_ - 1].alternatives.overflow = true;
      branch_everywhere(nodes_[depth_ - 1]);
    }
  }
  backtrack();
}

void Dpor::backtrack() {
  for (; depth_ > 0; --depth_) {
    Node& node = nodes_[depth_ - 1];
    const bool has_step = node.thread != kNoThread;
    if (has_step && position_ >= depth_) {
      add_all(node.alternatives, execution_.event(depth_ - 1).accesses);
    }
    node.explored |= has_step && depth_ - 1 != useless_;
    while (!node.choices.empty() && node.choices.back().value + 1 == node.choices.back().n) {
      node.choices.pop_back();
    }
    if (!node.choices.empty()) {
      ++node.choices.back().value;
      break;
    }
    const bool is_round = has_step && !node.explored;
    if (node.pending == nullptr && !is_round) continue;
    if (has_step) {
      node.sleepers.push_back({.thread = node.thread,
                               .look = is_round ? look_ : kNoLook,
                               .accesses = node.alternatives});
      ++node.done;
    }
    node.explored = false;
    node.alternatives = {};
    node.thread = kNoThread;
    if (node.pending == nullptr) break;
    Branch* next = node.pending;
    node.thread = next->thread;
    node.pending = next->sibling;
    tree_ = next->child;
    next->child = next->sibling = nullptr;
    drop(next);
    break;
  }
  seen_.complete = depth_ == 0;
  planned_ = depth_;
  kept_ = depth_ == 0 ? 0 : depth_ - 1;
  fresh_ = std::min(fresh_, kept_);
}

// ---- stop and resume
// ----------------------------------------------------------------------------

namespace {

void write(StateWriter& out, const AccessList& list) {
  out.add(list.size * 2 + (list.overflow ? 1 : 0));
  for (const Access& access : list) {
    out.add(access.object);
    out.add(access.mask);
    out.add(static_cast<std::uint64_t>(access.mode));
    out.add(access.cells);
  }
}

AccessList read_accesses(StateReader& in) {
  AccessList list;
  const std::uint64_t head = in.number();
  for (std::uint64_t i = 0; i < head / 2 && in.ok(); ++i) {
    const std::uint64_t object = in.number();
    const std::uint64_t mask = in.number();
    const std::uint64_t mode = in.number();
    list.add({.object = object,
              .mask = static_cast<std::uint8_t>(mask),
              .mode = static_cast<AccessMode>(mode),
              .cells = in.number()});
  }
  list.overflow |= head % 2 != 0;
  return list;
}

}  // namespace

void Dpor::write_tree(StateWriter& out, const Branch* tree) {
  out.add(count(tree));
  for (; tree != nullptr; tree = tree->sibling) {
    out.add(tree->thread);
    out.add(tree->may_wait ? 1 : 0);
    write(out, tree->accesses);
    write_tree(out, tree->child);
  }
}

Dpor::Branch* Dpor::read_tree(StateReader& in) {
  Branch* first = nullptr;
  Branch** link = &first;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    const auto thread = static_cast<ThreadId>(in.number());
    const bool may_wait = in.number() != 0;
    *link = new_branch(thread, read_accesses(in));
    (*link)->may_wait = may_wait;
    (*link)->child = read_tree(in);
    link = &(*link)->sibling;
  }
  return first;
}

void Dpor::write_look(StateWriter& out, const Look& look) {
  out.add(look.before);
  out.add(static_cast<std::uint64_t>(look.step.pending));
  out.add(look.step.size);
  out.add(look.step.address);
  out.add(look.step.found.has_value() ? 1 : 0);
  out.add(look.step.found.value_or(0));
  out.add(look.step.alone.mask);
  out.add(look.step.alone.value);
  out.add(look.step.alone.unless ? 1 : 0);
  write(out, look.step.accesses);
}

void Dpor::read_look(StateReader& in) {
  Look& look = looks_.emplace_back();
  look.before = static_cast<std::uint32_t>(in.number());
  look.step.pending = static_cast<OpKind>(in.number());
  look.step.size = static_cast<std::uint8_t>(in.number());
  look.step.address = in.number();
  const bool found = in.number() != 0;
  if (const std::uint64_t value = in.number(); found) look.step.found = value;
  look.step.alone.mask = in.number();
  look.step.alone.value = in.number();
  look.step.alone.unless = in.number() != 0;
  look.step.accesses = read_accesses(in);
}

std::string Dpor::state() const {
  StateWriter out(kStateName);
  out.add(seen_.complete ? 1 : 0);
  out.add(seen_.executions);
  out.add(seen_.redundant);
  out.add(seen_.limited ? 1 : 0);
  out.add(seen_.reduced ? 1 : 0);
  budget_.write_reached(out);
  out.add(waiting_places_.size());
  for (const Address place : waiting_places_) out.add(place);
  out.add(looks_.size());
  for (const Look& look : looks_) write_look(out, look);
  out.add(fresh_);
  out.add(planned_);
  for (std::size_t i = 0; i < planned_; ++i) {
    const Node& node = nodes_[i];
    out.add(node.thread);
    out.add(node.done);
    out.add(node.explored ? 1 : 0);
    out.add(node.ready);
    write(out, node.alternatives);
    write_tree(out, node.pending);
    out.add(node.sleepers.size());
    for (const Sleeper& sleeper : node.sleepers) {
      out.add(sleeper.thread);
      out.add(sleeper.look);
      write(out, sleeper.accesses);
    }
    out.add(node.choices.size());
    for (const ChoiceTaken& choice : node.choices) {
      out.add(choice.value);
      out.add(choice.n);
    }
  }
  write_tree(out, tree_);
  return out.take();
}

bool Dpor::set_state(std::string_view state) {
  if (state.empty()) return true;
  StateReader in(kStateName, state);
  seen_.complete = in.number() != 0;
  seen_.executions = in.number();
  seen_.redundant = in.number();
  seen_.limited = in.number() != 0;
  seen_.reduced = in.number() != 0;
  budget_.read_reached(in);
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    waiting_places_.push_back(in.number());
  }
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) read_look(in);
  fresh_ = in.number();
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    Node& node = add_node();
    node.thread = static_cast<ThreadId>(in.number());
    node.done = static_cast<std::uint32_t>(in.number());
    node.explored = in.number() != 0;
    node.ready = in.number();
    node.alternatives = read_accesses(in);
    node.pending = read_tree(in);
    for (std::size_t i = in.count(); i > 0 && in.ok(); --i) {
      const auto thread = static_cast<ThreadId>(in.number());
      const auto look = static_cast<std::uint32_t>(in.number());
      // A damaged text.
      if (look != kNoLook && look >= looks_.size()) return false;
      node.sleepers.push_back({.thread = thread, .look = look, .accesses = read_accesses(in)});
    }
    for (std::size_t i = in.count(); i > 0 && in.ok(); --i) {
      const auto value = static_cast<std::uint32_t>(in.number());
      node.choices.push_back({.value = value, .n = static_cast<std::uint32_t>(in.number())});
    }
  }
  planned_ = depth_;
  // The steps before are not known: the next run tells them.
  kept_ = 0;
  tree_ = read_tree(in);
  return in.at_end();
}

std::optional<Exploration> Dpor::exploration() const {
  Exploration seen = seen_;
  seen.reached = budget_.reached();
  seen.distinct = seen.executions;
  if (seen.complete) {
    seen.fraction = 1;
    return seen;
  }
  double share = 1;
  for (std::size_t i = 0; i < planned_; ++i) {
    const Node& node = nodes_[i];
    const double total = node.done + 1.0 + count(node.pending);
    seen.fraction += share * node.done / total;
    share /= total;
  }
  return seen;
}

}  // namespace heddle
