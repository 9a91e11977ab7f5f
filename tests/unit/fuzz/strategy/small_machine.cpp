// What the machine does in a step.
#include <algorithm>

#include "fuzz/strategy/exhaustive.h"
#include "tests/unit/fuzz/strategy/small_program.h"

namespace heddle::oracle {

bool Machine::can_go_on(std::size_t thread) const {
  const Operation& operation = next(thread);
  switch (threads_[thread].amid) {
    case Amid::nothing:
      break;
    case Amid::condition:
    case Amid::barrier:
      return false;
    case Amid::eager:
    case Amid::behind_barrier:
      return true;
    case Amid::relock:
      return is_free(kMutexes + operation.place);
  }
  switch (operation.kind) {
    case Kind::lock:
    case Kind::lock_to_look:
    case Kind::write_lock:
    case Kind::once:
      return is_free(object_of(operation));
    case Kind::read_lock:
      return locks_[object_of(operation)].owner == 0;
    case Kind::sem_wait:
      return units_[operation.place] > 0;
    default:
      return true;
  }
}

int Machine::after(const Operation& operation) const {
  const int found = values_[operation.place];
  switch (operation.kind) {
    case Kind::store:
    case Kind::plain_write:
    case Kind::exchange:
      return operation.value;
    case Kind::add:
    case Kind::once_body:
      return found + operation.value;
    case Kind::fetch_or:
      return found | operation.value;
    case Kind::fetch_and:
      return found & operation.value;
    case Kind::cas:
    case Kind::weak_cas:
      return found == operation.value ? operation.desired : found;
    default:
      return found;
  }
}

// Whether it leads to the operation after it.
bool Machine::goes_on(const Operation& operation) const {
  if (operation.kind == Kind::try_lock) return is_free(object_of(operation));
  if (!operation.until.has_value()) return true;
  if (operation.kind == Kind::lock_to_look || operation.kind == Kind::unlock_behind_look) {
    return guarded_[operation.place] == *operation.until;
  }
  const int found = values_[operation.place];
  if (operation.kind == Kind::load_while) return found != *operation.until;
  if (operation.kind == Kind::fetch_or) return (found & operation.value) == 0;
  return found == *operation.until;
}

// Of what loops are made of.
Did Machine::effect(const Operation& operation) const {
  switch (operation.kind) {
    case Kind::try_lock:
      return goes_on(operation) ? Did::lock : Did::try_failed;
    case Kind::store:
    case Kind::plain_write:
      return Did::write;
    case Kind::load:
    case Kind::load_while:
      return Did::read;
    case Kind::lock_to_look:
    case Kind::unlock_behind_look:
      return Did::read;
    case Kind::plain_read:
      return Did::plain_read;
    case Kind::cas:
    case Kind::weak_cas:
      // One that stores what it expects counts as a write: that it passes on what the thread knows
      // hangs on what it finds, as if it changed the value.
      return values_[operation.place] == operation.value ? Did::write : Did::read;
    default:
      return after(operation) == values_[operation.place] ? Did::keep : Did::write;
  }
}

bool Machine::only_comes_round(std::size_t thread) const {
  const Operation& operation = next(thread);
  return (operation.until.has_value() || operation.kind == Kind::try_lock) &&
         !dead_[object_of(operation)] && !goes_on(operation) &&
         operation.otherwise <= threads_[thread].next && !threads_[thread].round_changes &&
         !changes(effect(operation));
}

void Machine::tell(const World& world, const Effect& effect) const {
  if (world.executed) world.executed(effect);
}

void Machine::tell_found(const World& world, int found, const LeavesAlone& alone) {
  if (world.found) world.found(static_cast<std::uint64_t>(found), alone);
}

void Machine::fail(std::size_t thread, const World& world) {
  failed_ = true;
  const Operation& operation = next(thread);
  Effect failed{.did = Did::failed,
                .place = object_of(operation),
                .places = operation.kind == Kind::free ? kPlaces : 1,
                .op = pending(thread)};
  // As if it did it nevertheless.
  if (is_memory_access(failed.op.kind)) {
    tell_found(world, values_[operation.place], leaves_alone(operation));
    if (!changes(effect(operation))) failed.did = Did::failed_to_read;
  }
  tell(world, failed);
}

LeavesAlone Machine::leaves_alone(const Operation& operation) {
  const auto value = static_cast<std::uint64_t>(operation.value);
  switch (operation.kind) {
    case Kind::exchange:
      return LeavesAlone::if_equal(value);
    case Kind::fetch_or:
      return LeavesAlone::if_equal(value, value);
    case Kind::fetch_and:
      return LeavesAlone::if_equal(0, ~value);
    case Kind::cas:
    case Kind::weak_cas: {
      LeavesAlone alone = LeavesAlone::unless_equal(value);
      alone.may_fail = operation.kind == Kind::weak_cas;
      return alone;
    }
    case Kind::load:
    case Kind::load_while:
    case Kind::plain_read:
      return LeavesAlone{};
    case Kind::add:
    case Kind::once_body:
      return operation.value == 0 ? LeavesAlone{} : LeavesAlone::never();
    default:
      return LeavesAlone::never();
  }
}

int Machine::take(std::size_t thread, const World& world) {
  Thread& self = threads_[thread];
  const Operation& operation = self.todo[self.next];
  const bool may_loop = operation.until.has_value() || operation.kind == Kind::try_lock;
  const Did looked = may_loop ? effect(operation) : Did::write;
  const std::optional<std::size_t> next = execute(thread, world);
  if (failed_ || !next.has_value()) return 0;
  ++self.in_round;
  self.round_changes |= changes(looked);
  const bool came_round = may_loop && *next <= self.next;
  const int rounds = came_round && !self.round_changes ? self.in_round : 0;
  // A loop begins where its last operation leads back to, and each is a loop's own but for those
  // of await_two.
  const auto ends_round = [](const Operation& other, std::size_t at) {
    return other.until.has_value() && other.otherwise < at;
  };
  const bool amid = !came_round && *next < self.todo.size() && ends_round(self.todo[*next], *next);
  if (!amid) {
    self.in_round = 0;
    self.round_changes = false;
  }
  self.next = *next;
  return rounds;
}

std::optional<std::size_t> Machine::execute(std::size_t thread, const World& world) {
  Thread& self = threads_[thread];
  const Operation& operation = self.todo[self.next];
  const std::size_t next = self.next + 1;
  if (self.amid != Amid::nothing) return go_on_waiting(thread, world);
  if (dead_[object_of(operation)] && operation.kind != Kind::free) {
    fail(thread, world);
    return next;
  }
  const Effect unlocked{.did = Did::unlock, .place = object_of(operation), .op = pending(thread)};
  switch (operation.kind) {
    case Kind::lock:
    case Kind::lock_to_look:
    case Kind::try_lock:
    case Kind::timed_lock:
    case Kind::once:
    case Kind::read_lock:
    case Kind::try_read_lock:
    case Kind::write_lock:
    case Kind::try_write_lock:
      return take_lock(thread, world);
    case Kind::unlock_behind_set:
      guarded_[operation.place] = operation.value;
      [[fallthrough]];
    case Kind::unlock:
    case Kind::write_unlock:
      locks_[unlocked.place].owner = 0;
      tell(world, unlocked);
      return next;
    case Kind::unlock_behind_look:
      locks_[unlocked.place].owner = 0;
      tell(world, unlocked);
      return goes_on(operation) ? next : operation.otherwise;
    case Kind::shared_unlock: {
      Effect shared = unlocked;
      shared.did = Did::shared_unlock;
      tell_found(world, 2 * locks_[shared.place].readers, LeavesAlone::never());
      --locks_[shared.place].readers;
      tell(world, shared);
      return next;
    }
    case Kind::sem_post:
    case Kind::sem_wait:
    case Kind::sem_try:
    case Kind::sem_timed:
    case Kind::sem_read:
      return use_semaphore(thread, world);
    case Kind::arrive:
      return arrive(thread, world);
    case Kind::signal:
    case Kind::broadcast:
      notify(thread, world);
      return next;
    case Kind::wait:
    case Kind::timed_wait:
      begin_wait(thread, world);
      return std::nullopt;
    case Kind::free:
    case Kind::destroy:
      return end_life(thread, world);
    default:
      return access(thread, world);
  }
}

std::size_t Machine::access(std::size_t thread, const World& world) {
  Thread& self = threads_[thread];
  const Operation& operation = self.todo[self.next];
  Effect effect{.did = this->effect(operation), .place = operation.place, .op = pending(thread)};
  const bool goes_on = this->goes_on(operation);
  const int found = values_[operation.place];
  bool fails = operation.kind == Kind::cas || operation.kind == Kind::weak_cas;
  fails &= found != operation.value;
  if (operation.kind == Kind::weak_cas && !fails && self.weak_failures < kWeakFailures) {
    fails = world.choose(Choice::cas_failure, 2) == 1;
    self.weak_failures += fails ? 1 : 0;
    effect.detail = fails ? 1 : 0;
  }
  tell_found(world, found, leaves_alone(operation));
  if (fails) {
    effect.op.kind = OpKind::atomic_cas_fail;
    effect.did = Did::read;
  } else {
    values_[operation.place] = after(operation);
  }
  tell(world, effect);
  if (!changes(effect.did) && !is_plain_access(effect.op.kind) && world.passed_on) {
    world.passed_on(effect.op.address, effect.did == Did::keep);
  }
  if (operation.kind == Kind::once_body) {
    const int once = kOnces + operation.place;
    locks_[once].owner = 0;
    done_[operation.place] = true;
    tell(world,
         {.did = Did::unlock,
          .place = once,
          .op = {.kind = OpKind::once_end, .address = address_of(once), .pc = effect.op.pc}});
  }
  return goes_on ? self.next + 1 : operation.otherwise;
}

std::size_t Machine::take_lock(std::size_t thread, const World& world) {
  Thread& self = threads_[thread];
  const Operation& operation = self.todo[self.next];
  Effect effect{.did = Did::lock, .place = object_of(operation), .op = pending(thread)};
  Lock& lock = locks_[effect.place];
  const bool shares = operation.kind == Kind::read_lock || operation.kind == Kind::try_read_lock;
  const bool tries = effect.op.kind == OpKind::mutex_trylock_fail;
  const bool found_done = operation.kind == Kind::once && done_[operation.place];
  if (tries || shares) {
    tell_found(world, lock.owner != 0 ? 1 : 2 * lock.readers,
               !tries   ? LeavesAlone::never()
               : shares ? LeavesAlone::if_equal(1, 1)
                        : LeavesAlone::unless_equal(0));
  } else if (found_done) {
    tell_found(world, 2, LeavesAlone::if_equal(2));
  }
  if (shares ? lock.owner != 0 : !is_free(effect.place)) {
    effect.did = Did::try_failed;
    if (operation.kind == Kind::timed_lock) effect.op.kind = OpKind::timeout;
    tell(world, effect);
    return operation.otherwise;
  }
  if (found_done) {
    effect.did = Did::found_done;
    effect.op.kind = OpKind::once_done;
    tell(world, effect);
    return operation.otherwise;
  }
  if (shares) {
    effect.did = Did::shared_lock;
    effect.op.kind = OpKind::rwlock_read_lock;
    ++lock.readers;
  } else {
    lock.owner = thread;
    if (tries) {
      effect.op.kind =
          operation.kind == Kind::try_write_lock ? OpKind::rwlock_write_lock : OpKind::mutex_lock;
    }
  }
  tell(world, effect);
  return self.next + 1;
}

std::size_t Machine::use_semaphore(std::size_t thread, const World& world) {
  const Operation& operation = next(thread);
  int& units = units_[operation.place];
  Effect effect{.did = Did::take, .place = object_of(operation), .op = pending(thread)};
  const bool tries = operation.kind == Kind::sem_try || operation.kind == Kind::sem_timed;
  tell_found(world, units,
             tries                              ? LeavesAlone::if_equal(0)
             : operation.kind == Kind::sem_read ? LeavesAlone{}
                                                : LeavesAlone::never());
  if (operation.kind == Kind::sem_post) {
    effect.did = Did::post;
    ++units;
  } else if (operation.kind == Kind::sem_read) {
    effect.did = Did::looked;
    effect.detail = units;
  } else if (units == 0) {
    effect.did = Did::looked;
    effect.op.kind = operation.kind == Kind::sem_timed ? OpKind::timeout : OpKind::sem_trywait_fail;
  } else {
    --units;
  }
  tell(world, effect);
  return threads_[thread].next + 1;
}

void Machine::begin_wait(std::size_t thread, const World& world) {
  Thread& self = threads_[thread];
  const Operation& operation = self.todo[self.next];
  const Op op = pending(thread);
  const int mutex = kMutexes + operation.place;
  locks_[mutex].owner = 0;
  tell_found(world, static_cast<int>(waiters_[operation.place].size()), LeavesAlone::never());
  waiters_[operation.place].push_back(thread);
  Effect waits{.did = Did::wait, .place = object_of(operation), .op = op};
  tell(world, waits);
  bool wakes = false;
  if (self.spurious < kSpuriousWakes) wakes = world.choose(Choice::spurious_wake, 2) == 1;
  self.spurious += wakes ? 1 : 0;
  // An effect of its own, which the strategy is not told of again.
  tell(world, {.did = Did::unlock, .place = mutex, .detail = wakes ? 1 : 0});
  self.wait_ends_by_time = !wakes && operation.kind == Kind::timed_wait;
  self.amid = wakes || self.wait_ends_by_time ? Amid::eager : Amid::condition;
}

std::optional<std::size_t> Machine::go_on_waiting(std::size_t thread, const World& world) {
  Thread& self = threads_[thread];
  const Operation& operation = self.todo[self.next];
  if (self.amid == Amid::behind_barrier) {
    self.amid = Amid::nothing;
    return self.next + 1;
  }
  Op op = pending(thread);
  if (self.amid == Amid::eager) {
    std::vector<std::size_t>& waiters = waiters_[operation.place];
    const auto mine = std::find(waiters.begin(), waiters.end(), thread);
    const bool notified = mine == waiters.end();
    tell_found(world, static_cast<int>(waiters.size()), LeavesAlone::never());
    if (!notified) waiters.erase(mine);
    Op woke = op;
    woke.kind = OpKind::timeout;
    woke.address2 = 0;
    tell(world, {.did = self.wait_ends_by_time && !notified ? Did::timed_out : Did::woke,
                 .place = object_of(operation),
                 .detail = notified ? 1 : 0,
                 .op = woke});
    self.amid = Amid::relock;
    return std::nullopt;
  }
  const int mutex = kMutexes + operation.place;
  failed_ = dead_[mutex];
  if (!failed_) locks_[mutex].owner = thread;
  op.kind = OpKind::mutex_lock;
  op.address = op.address2;
  op.address2 = 0;
  tell(world, {.did = failed_ ? Did::failed : Did::lock, .place = mutex, .op = op});
  self.amid = Amid::nothing;
  return operation.otherwise;
}

void Machine::notify(std::size_t thread, const World& world) {
  const Operation& operation = next(thread);
  std::vector<std::size_t>& waiters = waiters_[operation.place];
  Effect effect{.did = waiters.empty() ? Did::unheard : Did::notify,
                .place = object_of(operation),
                .op = pending(thread)};
  tell_found(world, static_cast<int>(waiters.size()), LeavesAlone::if_equal(0));
  tell(world, effect);
  effect.op = {};
  std::size_t left = operation.kind == Kind::broadcast ? waiters.size() : 1;
  for (; left > 0 && !waiters.empty(); --left) {
    std::size_t index = 0;
    if (left < waiters.size()) {
      index = world.choose(Choice::waiter, static_cast<std::uint32_t>(waiters.size()));
    }
    const std::size_t woken = waiters[index];
    waiters.erase(waiters.begin() + static_cast<std::ptrdiff_t>(index));
    effect.detail = static_cast<int>(woken);
    if (operation.kind == Kind::signal) tell(world, effect);
    if (threads_[woken].amid == Amid::eager) continue;
    threads_[woken].amid = Amid::relock;
    if (world.woke) world.woke(woken);
  }
}

std::optional<std::size_t> Machine::arrive(std::size_t thread, const World& world) {
  const Operation& operation = next(thread);
  const int parties = kParties[operation.place];
  Effect effect{.did = Did::arrive, .place = object_of(operation), .op = pending(thread)};
  const bool last = ++arrived_[operation.place] == parties;
  if (last) effect.did = Did::arrive_last;
  effect.op.size = static_cast<std::uint8_t>(parties - arrived_[operation.place]);
  tell(world, effect);
  if (!last) {
    threads_[thread].amid = Amid::barrier;
    return std::nullopt;
  }
  arrived_[operation.place] = 0;
  for (std::size_t other = 0; other < threads_.size(); ++other) {
    Thread& waiting = threads_[other];
    if (waiting.amid != Amid::barrier || next(other).place != operation.place) continue;
    waiting.amid = Amid::behind_barrier;
    if (world.woke) world.woke(other);
  }
  return threads_[thread].next + 1;
}

std::size_t Machine::end_life(std::size_t thread, const World& world) {
  const Operation& operation = next(thread);
  const int first = object_of(operation);
  const int places = operation.kind == Kind::free ? kPlaces : 1;
  if (dead_[first] || (operation.kind == Kind::destroy && !is_free(first))) {
    fail(thread, world);
    return threads_[thread].next;
  }
  for (int place = first; place < first + places; ++place) dead_[place] = true;
  tell(world, {.did = Did::end_life, .place = first, .places = places, .op = pending(thread)});
  return threads_[thread].next + 1;
}

}  // namespace heddle::oracle
