#include "tests/unit/fuzz/strategy/small_program.h"

namespace heddle::oracle {

std::ostream& operator<<(std::ostream& out, const Step& step) {
  static constexpr const char* kNames[] = {
      "load",      "store",     "add",           "exchange",       "or",       "and",
      "cas",       "weak_cas",  "plain_read",    "plain_write",    "lock",     "try",
      "timed",     "once",      "read_lock",     "write_lock",     "try_read", "try_write",
      "sem_post",  "sem_wait",  "sem_try",       "sem_timed",      "sem_read", "arrive",
      "signal",    "broadcast", "store_signal",  "wait",           "wait_for", "timed_wait",
      "free",      "destroy",   "await_load",    "await_exchange", "await_or", "await_cas",
      "await_two", "await_try", "await_guarded", "set_guarded"};
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
  const auto simple = [&](Kind kind, int value) {
    const std::size_t next = thread.todo.size() + 1;
    thread.todo.push_back({kind, step.place, value, step.desired, {}, next});
  };
  const auto loop = [&](Kind kind, int value, int until) {
    thread.todo.push_back({kind, step.place, value, step.desired, until, head});
  };
  // `otherwise`: how many operations further on it goes on if it fails to lock.
  const auto locked = [&](Kind lock, Kind body, Kind unlock, std::size_t otherwise) {
    thread.todo.push_back({lock, step.place, 0, 0, {}, head + otherwise});
    simple(body, step.value);
    simple(unlock, 0);
  };
  switch (step.act) {
    case Act::load:
      return simple(Kind::load, 0);
    case Act::store:
      return simple(Kind::store, step.value);
    case Act::add:
      return simple(Kind::add, step.value);
    case Act::exchange:
      return simple(Kind::exchange, step.value);
    case Act::fetch_or:
      return simple(Kind::fetch_or, step.value);
    case Act::fetch_and:
      return simple(Kind::fetch_and, step.value);
    case Act::cas:
      return simple(Kind::cas, step.value);
    case Act::weak_cas:
      return simple(Kind::weak_cas, step.value);
    case Act::plain_read:
      return simple(Kind::plain_read, 0);
    case Act::plain_write:
      return simple(Kind::plain_write, step.value);
    case Act::lock_add_unlock:
      return locked(Kind::lock, Kind::add, Kind::unlock, 1);
    case Act::try_add_unlock:
      return locked(Kind::try_lock, Kind::add, Kind::unlock, 3);
    case Act::timed_add_unlock:
      return locked(Kind::timed_lock, Kind::add, Kind::unlock, 3);
    case Act::once_add:
      thread.todo.push_back({Kind::once, step.place, 0, 0, {}, head + 2});
      return simple(Kind::once_body, step.value);
    case Act::read_lock_load_unlock:
      return locked(Kind::read_lock, Kind::load, Kind::shared_unlock, 1);
    case Act::write_lock_add_unlock:
      return locked(Kind::write_lock, Kind::add, Kind::write_unlock, 1);
    case Act::try_read_load_unlock:
      return locked(Kind::try_read_lock, Kind::load, Kind::shared_unlock, 3);
    case Act::try_write_add_unlock:
      return locked(Kind::try_write_lock, Kind::add, Kind::write_unlock, 3);
    case Act::sem_post:
      return simple(Kind::sem_post, 0);
    case Act::sem_wait:
      return simple(Kind::sem_wait, 0);
    case Act::sem_try:
      return simple(Kind::sem_try, 0);
    case Act::sem_timed:
      return simple(Kind::sem_timed, 0);
    case Act::sem_read:
      return simple(Kind::sem_read, 0);
    case Act::arrive:
      return simple(Kind::arrive, 0);
    case Act::signal:
      return simple(Kind::signal, 0);
    case Act::broadcast:
      return simple(Kind::broadcast, 0);
    case Act::store_signal:
      simple(Kind::lock, 0);
      simple(Kind::store, step.value);
      simple(Kind::signal, 0);
      return simple(Kind::unlock, 0);
    case Act::wait:
      return locked(Kind::lock, Kind::wait, Kind::unlock, 1);
    case Act::wait_for:
      simple(Kind::lock, 0);
      thread.todo.push_back({Kind::load_while, step.place, 0, 0, step.value, head + 3});
      thread.todo.push_back({Kind::wait, step.place, 0, 0, {}, head + 1});
      return simple(Kind::unlock, 0);
    case Act::timed_wait:
      return locked(Kind::lock, Kind::timed_wait, Kind::unlock, 1);
    case Act::free:
      return simple(Kind::free, 0);
    case Act::destroy:
      return simple(Kind::destroy, 0);
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
    case Act::await_guarded:
      loop(Kind::lock_to_look, 0, step.value);
      thread.todo.push_back({Kind::unlock_behind_look, step.place, 0, 0, step.value, head});
      return;
    case Act::set_guarded:
      simple(Kind::lock, 0);
      return simple(Kind::unlock_behind_set, step.value);
    case Act::await_try:
      return locked(Kind::try_lock, Kind::add, Kind::unlock, 0);
  }
}

int Machine::object_of(const Operation& operation) {
  switch (operation.kind) {
    case Kind::lock:
    case Kind::lock_to_look:
    case Kind::unlock:
    case Kind::unlock_behind_look:
    case Kind::unlock_behind_set:
    case Kind::try_lock:
    case Kind::timed_lock:
    case Kind::destroy:
      return kMutexes + operation.place;
    case Kind::once:
      return kOnces + operation.place;
    case Kind::read_lock:
    case Kind::try_read_lock:
    case Kind::shared_unlock:
    case Kind::write_lock:
    case Kind::try_write_lock:
    case Kind::write_unlock:
      return kRwlocks + operation.place;
    case Kind::sem_post:
    case Kind::sem_wait:
    case Kind::sem_try:
    case Kind::sem_timed:
    case Kind::sem_read:
      return kSemaphores + operation.place;
    case Kind::arrive:
      return kBarriers + operation.place;
    case Kind::signal:
    case Kind::broadcast:
    case Kind::wait:
    case Kind::timed_wait:
      return kConditions + operation.place;
    case Kind::free:
      return 0;
    default:
      return operation.place;
  }
}

Address Machine::address_of(int object) {
  return object < kPlaces ? 64U + 64U * static_cast<unsigned>(object)
                          : 4096U + 64U * static_cast<unsigned>(object);
}

OpKind Machine::pending_kind(Kind kind) {
  switch (kind) {
    case Kind::load:
    case Kind::load_while:
      return OpKind::atomic_load;
    case Kind::store:
      return OpKind::atomic_store;
    case Kind::plain_read:
      return OpKind::read;
    case Kind::plain_write:
      return OpKind::write;
    case Kind::lock:
    case Kind::lock_to_look:
      return OpKind::mutex_lock;
    case Kind::unlock:
    case Kind::unlock_behind_look:
    case Kind::unlock_behind_set:
      return OpKind::mutex_unlock;
    case Kind::try_lock:
    case Kind::timed_lock:
    case Kind::try_read_lock:
    case Kind::try_write_lock:
      return OpKind::mutex_trylock_fail;
    case Kind::once:
      return OpKind::once;
    case Kind::read_lock:
      return OpKind::rwlock_read_lock;
    case Kind::shared_unlock:
      return OpKind::rwlock_shared_unlock;
    case Kind::write_lock:
      return OpKind::rwlock_write_lock;
    case Kind::write_unlock:
      return OpKind::rwlock_unlock;
    case Kind::sem_post:
      return OpKind::sem_post;
    case Kind::sem_wait:
    case Kind::sem_try:
    case Kind::sem_timed:
      return OpKind::sem_wait;
    case Kind::sem_read:
      return OpKind::sem_read;
    case Kind::arrive:
      return OpKind::barrier_wait;
    case Kind::signal:
      return OpKind::cond_signal;
    case Kind::broadcast:
      return OpKind::cond_broadcast;
    case Kind::wait:
    case Kind::timed_wait:
      return OpKind::cond_wait;
    case Kind::free:
      return OpKind::heap_free;
    case Kind::destroy:
      return OpKind::object_destroy;
    default:
      return OpKind::atomic_rmw;
  }
}

Op Machine::pending(std::size_t thread) const {
  const Operation& operation = next(thread);
  Op op = {.kind = pending_kind(operation.kind),
           .size = 4,
           .address = address_of(object_of(operation)),
           .pc = thread * 64 + threads_[thread].next + 1};
  if (operation.kind == Kind::free) {
    op.address2 = address_of(kPlaces - 1) + 8;
  } else if (operation.kind == Kind::destroy) {
    op.address2 = op.address + 40;
  } else if (op.kind == OpKind::cond_wait) {
    op.address2 = address_of(kMutexes + operation.place);
  }
  return op;
}

std::optional<Op> Machine::left_waiting(std::size_t thread) const {
  if (ended(thread) || can_go_on(thread)) return std::nullopt;
  Op op = pending(thread);
  switch (threads_[thread].amid) {
    case Amid::nothing:
      break;
    case Amid::relock:
      op.address = op.address2;
      op.kind = OpKind::mutex_lock;
      break;
    default:
      return std::nullopt;
  }
  // The engine knows who waits, not what for in the program.
  if (op.kind == OpKind::once || op.kind == OpKind::rwlock_write_lock) op.kind = OpKind::mutex_lock;
  return op;
}

}  // namespace heddle::oracle
