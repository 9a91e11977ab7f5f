#include "fuzz/strategy/dependency.h"

#include <algorithm>

namespace heddle {
namespace {

// Tells what others may know by an atomic from what lies at its address.
constexpr Address kPassedOn = Address{1} << 62;

void add_memory(AccessList& list, Address address, unsigned size, AccessMode mode) {
  const Address end = address + std::max(size, 1U);
  for (Address at = address; at < end;) {
    const Address next = std::min((at | 7) + 1, end);
    const unsigned count = static_cast<unsigned>(next - at);
    const unsigned mask = ((1U << count) - 1U) << (at & 7);
    list.add({.object = at >> 3, .mask = static_cast<std::uint8_t>(mask), .mode = mode});
    at = next;
  }
}

// All of the 8 bytes that it touches, and the objects in them: of a wide access a list would hold
// the beginning alone.
void add_range(AccessList& list, const Op& op, AccessMode mode) {
  const Address first = op.address >> 3;
  list.add({.object = first,
            .mask = 0xff,
            .mode = mode,
            .cells = std::max<Address>(1, ((end_of(op) + 7) >> 3) - first)});
}

void add_access(AccessList& list, const Op& op, AccessMode mode) {
  if (op.address2 != 0) {
    add_range(list, op, mode);
  } else {
    add_memory(list, op.address, op.size, mode);
  }
}

void add_object(AccessList& list, Address address, AccessMode mode) {
  list.add({.object = address | Access::kOther, .mask = 0xff, .mode = mode});
}

}  // namespace

AccessList accesses_of(const Op& op, OpKind pending, bool changed) {
  AccessList list;
  const bool tried = pending == OpKind::mutex_trylock_fail;
  switch (op.kind) {
    case OpKind::read:
    case OpKind::atomic_load:
    case OpKind::atomic_cas_fail:
      add_access(list, op, AccessMode::read);
      break;
    case OpKind::write:
    case OpKind::atomic_store:
      add_access(list, op, AccessMode::write);
      break;
    case OpKind::atomic_rmw:
      // One that stores what it finds is a load: whoever comes next finds the same without it.
      add_access(list, op, changed ? AccessMode::write : AccessMode::read);
      break;
    case OpKind::mutex_lock:
    case OpKind::rwlock_write_lock:
      add_object(list, op.address, tried ? AccessMode::try_lock : AccessMode::lock);
      break;
    case OpKind::rwlock_read_lock:
      add_object(list, op.address, tried ? AccessMode::try_shared_lock : AccessMode::shared_lock);
      break;
    case OpKind::mutex_trylock_fail:
      add_object(list, op.address, AccessMode::try_fail);
      break;
    case OpKind::mutex_unlock:
    case OpKind::rwlock_unlock:
      add_object(list, op.address, AccessMode::unlock);
      break;
    case OpKind::once_end:
      add_object(list, op.address, AccessMode::unlock);
      // The word that says that it is done, which programs read without a call.
      if (op.size != 0) add_access(list, op, AccessMode::write);
      break;
    case OpKind::rwlock_shared_unlock:
      add_object(list, op.address, AccessMode::shared_unlock);
      break;
    case OpKind::once:
      add_object(list, op.address, AccessMode::lock);
      break;
    case OpKind::once_done:
      add_object(list, op.address, AccessMode::shared_lock);
      break;
    case OpKind::cond_wait:
      add_object(list, op.address, AccessMode::write);
      add_object(list, op.address2, AccessMode::unlock);
      break;
    case OpKind::cond_signal:
    case OpKind::cond_broadcast:
      // One that nobody waits for is lost.
      add_object(list, op.address, changed ? AccessMode::write : AccessMode::read);
      break;
    case OpKind::sem_post:
      add_object(list, op.address, AccessMode::post);
      break;
    case OpKind::timeout:
      if (op.address == 0) break;
      // Of a lock or a semaphore that others had until then; of a condition that it waits on, it is
      // the end of that.
      add_object(list, op.address,
                 tried                         ? AccessMode::try_fail
                 : pending == OpKind::sem_wait ? AccessMode::read
                                               : AccessMode::write);
      break;
    case OpKind::barrier_wait:
      if (op.size != 0) {
        list.add({.object = op.address | Access::kOther,
                  .mask = 0xff,
                  .mode = AccessMode::arrive,
                  .missing = op.size});
        break;
      }
      [[fallthrough]];
    case OpKind::rwlock_queue:
    case OpKind::sem_wait:
    case OpKind::futex_wake:
      if (op.address != 0) add_object(list, op.address, AccessMode::write);
      break;
    case OpKind::sem_trywait_fail:
    case OpKind::sem_read:
      add_object(list, op.address, AccessMode::read);
      break;
    case OpKind::futex_wait:
      add_memory(list, op.address, 4, AccessMode::read);
      add_object(list, op.address, AccessMode::write);
      break;
    case OpKind::heap_free:
    case OpKind::object_init:
    case OpKind::object_destroy:
      add_range(list, op, AccessMode::write);
      break;
    case OpKind::fence:
      // Of one atomic alone, beside a step that leaves its value: what others may know by it.
      if (op.address != 0) {
        // Not the object at this address: that is a futex.
        add_object(list, op.address | kPassedOn, changed ? AccessMode::write : AccessMode::read);
      }
      break;
    case OpKind::none:
    case OpKind::heap_allocate:
    case OpKind::object_use:
    case OpKind::rwlock_other:
    case OpKind::thread_start:
    case OpKind::thread_exit:
    case OpKind::thread_create:
    case OpKind::thread_join:
    case OpKind::thread_detach:
    case OpKind::yield:
    case OpKind::interrupt:
    case OpKind::sleep:
    case OpKind::process_exit:
    case OpKind::failure:
      break;
  }
  return list;
}

bool may_conflict(const Op& a, const Op& b) {
  return conflict(accesses_of(a, a.kind), accesses_of(b, b.kind));
}

bool conflict(const AccessList& a, const AccessList& b) {
  if (a.overflow || b.overflow) return true;
  for (const Access& x : a) {
    for (const Access& y : b) {
      if (meet(x, y) && (relation(x.mode, y.mode) != Relation::none ||
                         relation(y.mode, x.mode) != Relation::none)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace heddle
