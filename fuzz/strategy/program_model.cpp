#include "fuzz/strategy/program_model.h"

#include <algorithm>
#include <utility>

#include "fuzz/strategy/exhaustive.h"

namespace heddle {
namespace {

constexpr std::size_t kMostObjects = 500;

// What a thread does next, by what of the past: the first of these that has been seen tells, or the
// first that has always led to the same.
struct Level {
  std::size_t table = 0;  // of next_keys()
  bool various = false;   // only if what it leaves out was seen not to matter
  bool sure = true;
};
constexpr Level kOrder[] = {
    // Its way, and what it has found on it.
    {0},
    {1},
    {2},
    {3},
    {4},
    {5},
    {6},
    {7},
    // Its way alone.
    {8, true},
    {9, true},
    // What it has done last, and found there, whatever its way to it.
    {10, true, false},
    {11, true, false},
    {12, true, false},
    {13, true, false},
    {14, true, false},
    {15, true, false},
    // The same, for want of others.
    {8, false, false},
    {9, false, false},
    {10, false, false},
    {11, false, false},
    {12, false, false},
    {13, false, false},
    {14, false, false},
    {15, false, false},
    {16, false, false},
    {17, false, false},
};
constexpr std::size_t kByLast = 10;  // tables from here on leave out the way

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  std::uint64_t state = hash ^ (value * 0x9e3779b97f4a7c15U);
  return split_mix(state);
}

bool changes(AccessMode mode) {
  return mode != AccessMode::read && mode != AccessMode::try_fail;
}

bool changes(const AccessList& list) {
  return list.overflow || std::any_of(list.begin(), list.end(),
                                      [](const Access& access) { return changes(access.mode); });
}

bool is_try(AccessMode mode) {
  return mode == AccessMode::try_lock || mode == AccessMode::try_shared_lock ||
         mode == AccessMode::try_fail;
}

bool is_semaphore(OpKind kind) {
  return kind == OpKind::sem_wait || kind == OpKind::sem_trywait_fail;
}

// What may happen any time, once in each thread: see ChoiceBudget.
bool can_choose(OpKind kind, const ProgramModel::Step& step) {
  if (kind == OpKind::cond_wait) return step.accesses.size > 1;
  if (kind == OpKind::futex_wait) return step.sleeps;
  return kind == OpKind::atomic_rmw && step.accesses.size != 0 &&
         step.accesses.items[0].mode == AccessMode::write;
}

std::uint64_t modes_of(const AccessList& list) {
  std::uint64_t hash = list.size;
  for (const Access& access : list) hash = mix(hash, static_cast<std::uint64_t>(access.mode));
  return hash;
}

}  // namespace

std::uint32_t ProgramModel::known_object(const Access& access) const {
  const auto found = objects_.find(place_of(access));
  return found == objects_.end() ? 0 : found->second;
}

std::uint32_t ProgramModel::object_of(const Access& access) {
  const auto next = static_cast<std::uint32_t>(objects_.size() + 1);
  const auto [place, added] = objects_.try_emplace(place_of(access), next);
  if (added) {
    first_values_.emplace_back();
    is_memory_.push_back((access.object & Access::kOther) == 0);
  }
  return place->second;
}

std::uint32_t ProgramModel::place_for(const Seen& step) {
  const std::uint32_t object = step.accesses.size == 0 ? 0 : object_of(step.accesses.items[0]);
  std::uint64_t key = mix(static_cast<std::uint64_t>(step.kind), step.pc);
  key = mix(mix(key, object), step.other);
  const auto [place, added] =
      place_by_key_.try_emplace(key, static_cast<std::uint32_t>(places_.size()));
  if (added) {
    Place& made = places_.emplace_back();
    made.kind = step.kind;
    made.pc = step.pc;
    made.first = step.accesses.items[0];
    made.object = object;
    made.other = step.other;
  }
  places_[place->second].depends |= step.alone.depends();
  return place->second;
}

std::uint32_t ProgramModel::shape_of(const Seen& step, std::uint32_t place) {
  std::uint64_t key = mix(modes_of(step.accesses), step.choices);
  key = mix(key, (step.sleeps ? 1U : 0U) + (step.in_vain ? 2U : 0U));
  const auto [shape, added] =
      shape_by_key_.try_emplace(key, static_cast<std::uint32_t>(shapes_.size()));
  const Step seen{step.accesses, step.choices, step.sleeps, step.in_vain};
  if (added) shapes_.push_back(seen);
  Place& at = places_[place];
  at.may_choose |= step.choices > 1 && can_choose(step.kind, seen);
  at.outcomes.try_emplace(shape->second, seen);
  at.any = shape->second;
  return shape->second;
}

ProgramModel::Step ProgramModel::step_in(const Place& place, std::uint32_t shape) const {
  const auto known = place.outcomes.find(shape);
  if (known != place.outcomes.end()) return known->second;
  Step step = shapes_[shape];
  if (step.accesses.size == 0) return step;
  // What else it accesses there hangs on the object.
  const AccessMode mode = step.accesses.items[0].mode;
  step.accesses.size = 1;
  step.accesses.items[0] = place.first;
  step.accesses.items[0].mode = mode;
  return step;
}

ProgramModel::NextKeys ProgramModel::next_keys(const Thread& thread, ThreadId id) {
  const auto own = [id](std::uint64_t key) { return mix(key, id + 1); };
  const std::uint64_t saw = mix(thread.value, thread.data);
  const std::uint64_t all = mix(saw, thread.found);
  const std::uint64_t effects = mix(thread.effects, thread.last);
  const std::uint64_t control_all = mix(thread.control, all);
  const std::uint64_t control_found = mix(mix(thread.control, thread.found), 1);
  const std::uint64_t control_saw = mix(mix(thread.control, saw), 2);
  const std::uint64_t last_all = mix(mix(thread.last, all), 3);
  const std::uint64_t last_saw = mix(mix(thread.last, saw), 5);
  const std::uint64_t effects_found = mix(mix(effects, thread.found), 4);
  return {own(thread.fine),    thread.fine,    own(control_all),   control_all,
          own(control_found),  control_found,  own(control_saw),   control_saw,
          own(thread.control), thread.control, own(effects_found), effects_found,
          own(last_all),       last_all,       own(last_saw),      last_saw,
          own(thread.last),    thread.last};
}

ProgramModel::OutcomeKeys ProgramModel::outcome_keys(const State& state, ThreadId id,
                                                     std::uint32_t place) const {
  const Place& at = places_[place];
  const Thread& thread = state.threads[id];
  const Object& object = state.objects[at.object];
  const std::uint64_t unchanged = 1 + (object.unchanged >> id & 1);
  const std::uint64_t where = mix(static_cast<std::uint64_t>(at.kind), at.pc);
  const std::uint64_t rough = mix(object.coarse, unchanged);
  return {mix(mix(mix(place, thread.fine), object.fine), id + 1),
          mix(mix(mix(where, thread.fine), object.fine), unchanged),
          mix(mix(place, object.fine), mix(unchanged, id + 1)),
          mix(mix(place, thread.control), rough),
          mix(place, rough),
          mix(where, rough),
          mix(place, unchanged),
          mix(where, unchanged)};
}

void ProgramModel::predict(Thread& thread, ThreadId id, Random& random) const {
  const NextKeys keys = next_keys(thread, id);
  const Tally* best = nullptr;
  bool sure = true;
  for (const Level& level : kOrder) {
    const auto found = next_[level.table].find(keys[level.table]);
    if (found == next_[level.table].end()) continue;
    const Tally& tally = found->second;
    if (level.various && !tally.various()) continue;
    if (best == nullptr) best = &tally;
    sure = level.sure;
    if (tally.always_the_same()) {
      best = &tally;
      break;
    }
  }
  thread.guesses += sure ? 0 : 1;
  thread.next = kEnd;
  if (best == nullptr) return;
  thread.next = best->draw(random);
  if (thread.next == kEnd || was_at_.contains(mix(thread.next, id))) return;
  // What another thread did there to an object of its own.
  const auto own = own_place_.find(mix(places_[thread.next].pc, id));
  if (own != own_place_.end()) thread.next = own->second;
}

void ProgramModel::begin(State& state) const {
  state.threads.assign(std::max<std::size_t>(threads_, 1), {});
  state.objects.assign(first_values_.size(), {});
  for (std::size_t i = 0; i < first_values_.size(); ++i) {
    if (is_memory_[i]) state.objects[i].value = first_values_[i];
    state.objects[i].units = static_cast<std::int32_t>(first_values_[i].value_or(0));
  }
  Random random(0);
  for (ThreadId id = 0; id < state.threads.size(); ++id) {
    if ((created_ >> id & 1) != 0) continue;
    state.threads[id].exists = true;
    predict(state.threads[id], id, random);
  }
}

std::size_t ProgramModel::sleepers_on(const State& state, std::uint32_t object) {
  return static_cast<std::size_t>(
      std::count_if(state.threads.begin(), state.threads.end(),
                    [object](const Thread& thread) { return thread.sleeps_on == object; }));
}

// As Execution does.
void ProgramModel::note_round(Thread& thread, std::uint32_t place, bool changed) {
  if (changed) {
    thread.rounds = 0;
    thread.loop = 0;
    thread.patience = 1;
  } else if (thread.loop == place) {
    ++thread.rounds;
    thread.elsewhere = 0;
  } else if (thread.loop == 0 || ++thread.elsewhere >= thread.patience) {
    if (thread.loop != 0) thread.patience *= 2;
    thread.rounds = 1;
    thread.elsewhere = 0;
    thread.loop = place;
  }
}

bool ProgramModel::may_go_on(const State& state, ThreadId id) const {
  const Thread& thread = state.threads[id];
  if (!thread.exists || thread.next == kEnd || thread.sleeps_on != 0) return false;
  if (thread.rounds >= kCountedRounds) return false;
  const Place& place = places_[thread.next];
  if (place.kind == OpKind::thread_join) {
    if (place.other >= state.threads.size()) return true;
    const Thread& other = state.threads[place.other];
    return other.exists && other.next == kEnd;
  }
  if (place.object == 0) return true;
  const Object& object = state.objects[place.object];
  if (place.kind == OpKind::sem_wait && !place.depends) return object.units > 0;
  if (place.kind == OpKind::once) return !object.exclusive;
  if (place.first.mode == AccessMode::lock) return !object.exclusive && object.units == 0;
  if (place.first.mode == AccessMode::shared_lock) return !object.exclusive;
  return true;
}

ProgramModel::Step ProgramModel::with_mode(Step step, const Place& place, AccessMode mode) {
  step.accesses = {};
  step.accesses.add(place.first);
  step.accesses.items[0].mode = mode;
  return step;
}

ProgramModel::Step ProgramModel::step_of(const State& state, ThreadId id, Random& random) const {
  const Thread& thread = state.threads[id];
  const Place& place = places_[thread.next];
  std::uint32_t shape = place.any;
  const OutcomeKeys keys = outcome_keys(state, id, thread.next);
  for (std::size_t level = 0; level < kOutcomeLevels; ++level) {
    const auto found = outcome_[level].find(keys[level]);
    if (found == outcome_[level].end()) continue;
    shape = found->second.draw(random);
    break;
  }
  Step step = step_in(place, shape);
  if (place.may_choose) step.choices = thread.chosen == 0 && can_choose(place.kind, step) ? 2 : 1;
  if (place.object == 0 || step.accesses.size == 0) return step;
  // What is known without having been seen.
  const Object& object = state.objects[place.object];
  const AccessMode mode = step.accesses.items[0].mode;
  if (place.depends && object.value && place.kind == OpKind::atomic_rmw) {
    const Rule* rule = rule_of(thread.next, id, thread.fine);
    if (rule == nullptr) {
      rule = rule_of(thread.next, id, 0);
      if (rule != nullptr && !rule->many_found) rule = nullptr;
    }
    if (rule != nullptr && rule->same_alone && rule->alone.depends()) {
      const AccessMode will = rule->alone(*object.value) ? AccessMode::read : AccessMode::write;
      if (will == mode) return step;
      const auto other =
          std::find_if(place.outcomes.begin(), place.outcomes.end(), [&](const auto& it) {
            return it.second.accesses.size != 0 && it.second.accesses.items[0].mode == will;
          });
      return other == place.outcomes.end() ? with_mode(step, place, will) : other->second;
    }
  }
  if (is_try(mode)) {
    const bool shared =
        std::any_of(place.outcomes.begin(), place.outcomes.end(), [](const auto& it) {
          return it.second.accesses.items[0].mode == AccessMode::try_shared_lock;
        });
    const bool free = !object.exclusive && (shared || object.units == 0);
    const AccessMode will = !free    ? AccessMode::try_fail
                            : shared ? AccessMode::try_shared_lock
                                     : AccessMode::try_lock;
    return will == mode ? step : with_mode(step, place, will);
  }
  if (place.kind == OpKind::cond_signal || place.kind == OpKind::cond_broadcast) {
    const std::size_t waiters = sleepers_on(state, place.object);
    step.choices =
        place.kind == OpKind::cond_signal && waiters > 1 ? static_cast<std::uint32_t>(waiters) : 1;
    const AccessMode will = waiters == 0 ? AccessMode::read : AccessMode::write;
    return will == mode ? step : with_mode(step, place, will);
  }
  if (is_semaphore(place.kind) && place.depends) {
    const AccessMode will = object.units > 0 ? AccessMode::write : AccessMode::read;
    return will == mode ? step : with_mode(step, place, will);
  }
  return step;
}

void ProgramModel::apply(State& state, ThreadId id, std::uint32_t at, const AccessList& accesses,
                         bool sleeps, std::uint32_t choice) const {
  const Place& place = places_[at];
  Thread& thread = state.threads[id];
  const std::uint64_t bit = std::uint64_t{1} << id;
  const std::uint64_t what =
      mix(mix(mix(static_cast<std::uint64_t>(place.kind), place.pc), modes_of(accesses)), choice);
  thread.found = 0;
  thread.value = 0;
  thread.section = mix(thread.section, place.pc);
  if (const auto& value = state.objects[place.object].value; place.object != 0 && value) {
    thread.value = mix(1, *value);
  }
  for (const Access& access : accesses) {
    const Object& object = state.objects[known_object(access)];
    thread.fine = mix(thread.fine, object.fine);
    thread.data = object.data;
    thread.found = mix(thread.found, object.coarse ^ (object.unchanged & bit ? 1 : 0));
  }
  thread.fine = mix(thread.fine, what);
  thread.control = mix(thread.control, what);
  thread.last = what;
  if (place.may_choose) thread.chosen += choice;
  if (accesses.size != 0) note_round(thread, at, changes(accesses));
  if (changes(accesses)) {
    thread.effects = mix(thread.effects, what);
    ++thread.changes;
  }
  for (const Access& access : accesses) {
    const std::uint32_t number = known_object(access);
    Object& object = state.objects[number];
    object.unchanged |= bit;
    if (!changes(access.mode)) continue;
    object.unchanged = bit;
    object.coarse = what;
    const std::optional<std::uint64_t> found = std::exchange(object.value, {});
    if (number == place.object && is_memory_[number]) {
      const auto known = rules_.find(rule_key(at, id));
      if (known != rules_.end() && known->second.leaves) {
        const Rule& rule = known->second;
        if (found && *found == rule.left_from && rule.same_value) {
          object.value = rule.value;
        } else if (rule.many_left_from && rule.same_value) {
          object.value = rule.value;
        } else if (rule.many_left_from && rule.same_more && found) {
          object.value = *found + rule.more;
        }
      }
    }
    // A store leaves nothing of what was there.
    const bool anew = place.kind == OpKind::atomic_store || place.kind == OpKind::write;
    object.fine = anew ? thread.fine : mix(object.fine, what);
    if (is_memory_[number]) {
      object.data = anew ? what : object.data + what;
    }
    switch (access.mode) {
      case AccessMode::lock:
      case AccessMode::try_lock:
        object.exclusive = true;
        thread.section = 0;
        break;
      case AccessMode::unlock:
        object.exclusive = false;
        object.fine = mix(object.fine, thread.fine);
        // Who waits has left everything as it was.
        if (place.kind != OpKind::cond_wait) object.data += thread.section;
        break;
      case AccessMode::shared_lock:
      case AccessMode::try_shared_lock:
        // What is done stays done.
        if (place.kind != OpKind::once) ++object.units;
        break;
      case AccessMode::shared_unlock:
        --object.units;
        break;
      case AccessMode::post:
        ++object.units;
        break;
      default:
        if (is_semaphore(place.kind)) --object.units;
        break;
    }
    if ((access.object & Access::kOther) == 0 || access.mode == AccessMode::unlock) continue;
    // Whoever sleeps there.
    std::uint32_t left = place.kind == OpKind::cond_signal ? choice : 0;
    for (Thread& other : state.threads) {
      if (other.sleeps_on != number || &other == &thread) continue;
      if (place.kind == OpKind::cond_signal && left-- != 0) continue;
      if (access.mode == AccessMode::arrive) break;
      other.sleeps_on = 0;
      if (place.kind == OpKind::cond_signal) break;
    }
  }
  const bool waits = place.kind == OpKind::cond_wait && accesses.size > 1 && choice == 0;
  const bool arrives = accesses.size != 0 && accesses.items[0].mode == AccessMode::arrive;
  if ((waits || arrives || sleeps) && accesses.size != 0) {
    // A futex's sleepers are woken by its address, which comes behind the word.
    thread.sleeps_on = known_object(accesses.items[waits || arrives ? 0 : accesses.size - 1]);
  }
  if (place.kind == OpKind::thread_create && place.other < state.threads.size()) {
    state.threads[place.other].exists = true;
  }
}

void ProgramModel::take(State& state, ThreadId id, const Step& step, std::uint32_t choice,
                        Random& random) const {
  const std::uint32_t at = state.threads[id].next;
  const Place& place = places_[at];
  apply(state, id, at, step.accesses, step.sleeps, choice);
  predict(state.threads[id], id, random);
  if (place.kind == OpKind::thread_create && place.other < state.threads.size()) {
    Thread& made = state.threads[place.other];
    predict(made, place.other, random);
  }
}

bool ProgramModel::may_race(const State& state, ThreadId id, const AccessList& step) const {
  if (step.overflow) return true;
  const Thread& thread = state.threads[id];
  if (id >= future_.size() || (thread.exists && thread.next == kEnd)) return false;
  const auto& future = future_[id];
  for (const Access& access : step) {
    if (access.cells != 0) return true;
    const std::uint32_t object = known_object(access);
    if (object >= future.size()) continue;
    for (std::size_t mode = 0; mode < kModes; ++mode) {
      if (future[object][mode] <= thread.changes) continue;
      const auto other = static_cast<AccessMode>(mode);
      if (relation(access.mode, other) == Relation::race ||
          relation(other, access.mode) == Relation::race) {
        return true;
      }
    }
  }
  return false;
}

std::uint64_t ProgramModel::rule_key(std::uint32_t place, ThreadId thread, std::uint64_t fine) {
  return mix(mix(place, thread), fine);
}

const ProgramModel::Rule* ProgramModel::rule_of(std::uint32_t place, ThreadId thread,
                                                std::uint64_t fine) const {
  const auto found = rules_.find(rule_key(place, thread, fine));
  return found == rules_.end() ? nullptr : &found->second;
}

// What is found is what was there from the beginning, or what the last that changed it has left.
void ProgramModel::learn_values(const std::vector<Seen>& steps) {
  struct Change {
    const Seen* step = nullptr;
    bool known = false;  // whoever came behind it has told
  };
  std::unordered_map<std::uint32_t, Change> last;  // by object
  for (const Seen& step : steps) {
    const std::uint32_t place = place_for(step);
    if (step.accesses.size == 0) continue;
    const std::uint32_t object = places_[place].object;
    const auto [rule, added] = rules_.try_emplace(rule_key(place, step.thread));
    if (step.choice == 0) {
      if (added) rule->second.alone = step.alone;
      rule->second.same_alone &= rule->second.alone == step.alone;
      if (added) rule->second.found = step.found.value_or(0);
      rule->second.many_found |= step.found.has_value() && rule->second.found != *step.found;
    }
    Change& change = last[object];
    if (step.found.has_value() && !change.known) {
      change.known = true;
      if (change.step == nullptr) {
        first_values_[object] = step.found;
      } else {
        Rule& made = rules_[rule_key(place_for(*change.step), change.step->thread)];
        const bool more = change.step->found.has_value();
        const std::uint64_t by = *step.found - change.step->found.value_or(0);
        if (!std::exchange(made.leaves, true)) {
          made.value = *step.found;
          made.more = by;
          made.same_more = more;
          made.left_from = change.step->found.value_or(0);
        }
        made.same_value &= made.value == *step.found;
        made.same_more &= more && made.more == by;
        made.many_left_from |= !more || made.left_from != *change.step->found;
      }
    }
    if (changes(step.accesses.items[0].mode)) change = {&step, false};
    for (std::size_t i = 1; i < step.accesses.size; ++i) {
      if (changes(step.accesses.items[i].mode))
        last[known_object(step.accesses.items[i])] = {nullptr, true};
    }
  }
}

void ProgramModel::learn(const Trace& trace) {
  const std::vector<Seen>& steps = trace.steps;
  if (steps.empty()) return;
  most_steps_ = std::max(most_steps_, steps.size());
  for (const Seen& step : steps) {
    const bool creates = step.kind == OpKind::thread_create && step.other != kNoThread;
    threads_ = std::max<std::size_t>({threads_, step.thread + 1, creates ? step.other + 1 : 0});
    for (const Access& access : step.accesses) object_of(access);
  }
  too_large_ |= threads_ > kMostThreads || first_values_.size() > kMostObjects;
  if (too_large_) return;
  for (const Seen& step : steps) {
    if (step.kind == OpKind::thread_create && step.other != kNoThread) {
      created_ |= std::uint64_t{1} << step.other;
    }
  }
  if (future_.size() < threads_) future_.resize(threads_);
  learn_values(steps);
  State state;
  begin(state);
  const auto note = [&](ThreadId id, std::uint32_t place) {
    const NextKeys keys = next_keys(state.threads[id], id);
    const Thread& thread = state.threads[id];
    const std::uint64_t saw = mix(mix(thread.value, thread.data), thread.found);
    for (std::size_t table = 0; table < kNextLevels; ++table) {
      next_[table][keys[table]].add(place, table < kByLast ? saw : thread.control);
    }
  };
  for (const Seen& step : steps) {
    const std::uint32_t place = place_for(step);
    was_at_[mix(place, step.thread)] = place;
    own_place_[mix(step.pc, step.thread)] = place;
    note(step.thread, place);
    if (step.choice == 0 && step.alone.depends()) {
      const std::uint64_t fine = state.threads[step.thread].fine;
      const auto [rule, added] = rules_.try_emplace(rule_key(place, step.thread, fine));
      if (added) rule->second.alone = step.alone;
      rule->second.same_alone &= rule->second.alone == step.alone;
    }
    const std::uint32_t shape = shape_of(step, place);
    if (step.choice == 0) {
      const OutcomeKeys keys = outcome_keys(state, step.thread, place);
      for (std::size_t i = 0; i < kOutcomeLevels; ++i) outcome_[i][keys[i]].add(shape);
    }
    auto& future = future_[step.thread];
    if (future.size() < first_values_.size()) future.resize(first_values_.size());
    for (const Access& access : step.accesses) {
      std::uint16_t& last = future[known_object(access)][static_cast<std::size_t>(access.mode)];
      const std::uint32_t now = std::min<std::uint32_t>(state.threads[step.thread].changes, 65'534);
      last = std::max(last, static_cast<std::uint16_t>(now + 1));
    }
    if (step.in_vain) return;
    state.threads[step.thread].exists = true;
    apply(state, step.thread, place, step.accesses, step.sleeps, step.choice);
  }
  if (!trace.whole) return;
  for (ThreadId id = 0; id < threads_; ++id) {
    if (state.threads[id].exists) note(id, kEnd);
  }
}

}  // namespace heddle
