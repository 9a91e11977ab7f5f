#include "tests/unit/fuzz/strategy/small_program.h"

namespace heddle::oracle {

std::ostream& operator<<(std::ostream& out, const Step& step) {
  static constexpr const char* kNames[] = {
      "load",     "store", "add",        "exchange",       "or",       "and",       "cas",
      "lock",     "try",   "await_load", "await_exchange", "await_or", "await_cas", "await_two",
      "await_try"};
  return out << kNames[static_cast<int>(step.act)] << step.place << '(' << step.value << ','
             << step.desired << ')';
}

Machine::Machine(const Threads& program) {
  threads_.resize(program.size() + 1);
  for (std::size_t i = 0; i < program.size(); ++i) {
    for (const Step& step : program[i]) add(threads_[i + 1], step);
  }
}

void Machine::add(Thread& thread, const Step& step) {
  const std::size_t head = thread.todo.size();
  const auto simple = [&](Kind kind) {
    thread.todo.push_back({kind, step.place, step.value, step.desired, {}, head + 1});
  };
  const auto loop = [&](Kind kind, int value, int until) {
    thread.todo.push_back({kind, step.place, value, step.desired, until, head});
  };
  const auto locked = [&](Kind kind, std::size_t otherwise) {
    thread.todo.push_back({kind, step.place, 0, 0, {}, otherwise});
    thread.todo.push_back({Kind::add, step.place, step.value, 0, {}, head + 2});
    thread.todo.push_back({Kind::unlock, step.place, 0, 0, {}, head + 3});
  };
  switch (step.act) {
    case Act::load:
      return simple(Kind::load);
    case Act::store:
      return simple(Kind::store);
    case Act::add:
      return simple(Kind::add);
    case Act::exchange:
      return simple(Kind::exchange);
    case Act::fetch_or:
      return simple(Kind::fetch_or);
    case Act::fetch_and:
      return simple(Kind::fetch_and);
    case Act::cas:
      return simple(Kind::cas);
    case Act::lock_add_unlock:
      return locked(Kind::lock, head + 1);
    case Act::try_add_unlock:
      return locked(Kind::try_lock, head + 3);
    case Act::await_load:
      return loop(Kind::load, 0, step.value);
    case Act::await_exchange:
      return loop(Kind::exchange, step.value, 0);
    case Act::await_or:
      return loop(Kind::fetch_or, step.value | 1, 0);
    case Act::await_cas:
      return loop(Kind::cas, step.value, step.value);
    case Act::await_two:
      loop(Kind::load, 0, step.value);
      thread.todo.push_back({Kind::load, kPlaces - 1 - step.place, 0, 0, step.desired, head});
      return;
    case Act::await_try:
      return locked(Kind::try_lock, head);
  }
}

bool Machine::ready(std::size_t thread) const {
  if (ended(thread)) return false;
  const Operation& operation = next(thread);
  return operation.kind != Kind::lock || owners_[operation.place] == 0;
}

int Machine::after(const Operation& operation) const {
  const int found = values_[operation.place];
  switch (operation.kind) {
    case Kind::store:
    case Kind::exchange:
      return operation.value;
    case Kind::add:
      return found + operation.value;
    case Kind::fetch_or:
      return found | operation.value;
    case Kind::fetch_and:
      return found & operation.value;
    case Kind::cas:
      return found == operation.value ? operation.desired : found;
    default:
      return found;
  }
}

// Whether it leads to the operation after it.
bool Machine::goes_on(const Operation& operation) const {
  if (operation.kind == Kind::try_lock) return owners_[operation.place] == 0;
  if (!operation.until.has_value()) return true;
  const int found = values_[operation.place];
  if (operation.kind == Kind::fetch_or) return (found & operation.value) == 0;
  return found == *operation.until;
}

Did Machine::effect(const Operation& operation) const {
  switch (operation.kind) {
    case Kind::lock:
      return Did::lock;
    case Kind::unlock:
      return Did::unlock;
    case Kind::try_lock:
      return goes_on(operation) ? Did::lock : Did::try_failed;
    case Kind::store:
      return Did::write;
    default:
      return after(operation) == values_[operation.place] ? Did::read : Did::write;
  }
}

bool Machine::only_comes_round(std::size_t thread) const {
  const Operation& operation = next(thread);
  return !goes_on(operation) && operation.otherwise <= threads_[thread].next &&
         !threads_[thread].round_changes && !changes(effect(operation));
}

Op Machine::pending(std::size_t thread) const {
  const Operation& operation = next(thread);
  const bool mutex = operation.kind == Kind::lock || operation.kind == Kind::unlock ||
                     operation.kind == Kind::try_lock;
  Op op = {.size = 4,
           .address = (mutex ? 4096U : 64U) + 64U * static_cast<unsigned>(operation.place),
           .pc = thread * 64 + threads_[thread].next + 1};
  switch (operation.kind) {
    case Kind::load:
      op.kind = OpKind::atomic_load;
      break;
    case Kind::store:
      op.kind = OpKind::atomic_store;
      break;
    case Kind::lock:
      op.kind = OpKind::mutex_lock;
      break;
    case Kind::unlock:
      op.kind = OpKind::mutex_unlock;
      break;
    case Kind::try_lock:
      op.kind = OpKind::mutex_trylock_fail;
      break;
    default:
      op.kind = OpKind::atomic_rmw;
      break;
  }
  return op;
}

Machine::Done Machine::take(std::size_t thread) {
  Thread& self = threads_[thread];
  const Operation operation = self.todo[self.next];
  Done done{.did = effect(operation), .place = operation.place, .op = pending(thread)};
  const bool goes_on = this->goes_on(operation);
  switch (operation.kind) {
    case Kind::lock:
    case Kind::try_lock:
    case Kind::unlock:
      done.place += kPlaces;
      if (done.did == Did::try_failed) break;
      owners_[operation.place] = done.did == Did::lock ? thread : 0;
      if (done.did == Did::lock) done.op.kind = OpKind::mutex_lock;
      break;
    default:
      done.found = static_cast<std::uint64_t>(values_[operation.place]);
      done.atomic = [&] {
        const auto value = static_cast<std::uint64_t>(operation.value);
        switch (operation.kind) {
          case Kind::exchange:
            return LeavesAlone::if_equal(value);
          case Kind::fetch_or:
            return LeavesAlone::if_equal(value, value);
          case Kind::fetch_and:
            return LeavesAlone::if_equal(0, ~value);
          case Kind::cas:
            return operation.value == operation.desired ? LeavesAlone{}
                                                        : LeavesAlone::unless_equal(value);
          case Kind::load:
            return LeavesAlone{};
          case Kind::add:
            return operation.value == 0 ? LeavesAlone{} : LeavesAlone::never();
          default:
            return LeavesAlone::never();
        }
      }();
      if (operation.kind == Kind::cas && done.found != static_cast<std::uint64_t>(operation.value))
        done.op.kind = OpKind::atomic_cas_fail;
      values_[operation.place] = after(operation);
      break;
  }
  const std::size_t next = goes_on ? self.next + 1 : operation.otherwise;
  ++self.in_round;
  self.round_changes |= changes(done.did);
  const bool came_round = next <= self.next;
  if (came_round && !self.round_changes) done.came_round = self.in_round;
  // A loop begins where its last operation leads back to, and each is a loop's own but for those
  // of await_two.
  const bool amid = !came_round && next < self.todo.size() && self.todo[next].otherwise < next;
  if (!amid) {
    self.in_round = 0;
    self.round_changes = false;
  }
  self.next = next;
  return done;
}

}  // namespace heddle::oracle
