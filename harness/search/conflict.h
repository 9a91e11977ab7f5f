// Which operations of two threads an order can matter for.
#pragma once

#include <cstddef>

#include "harness/model/op.h"
#include "harness/search/held_locks.h"

namespace heddle {

// No event of a story.
inline constexpr std::size_t kNone = ~std::size_t{0};

inline bool is_read(const Op& op) {
  return op.kind == OpKind::read || op.kind == OpKind::atomic_load ||
         op.kind == OpKind::atomic_cas_fail;
}

// Writes without looking.
inline bool is_store(const Op& op) {
  return op.kind == OpKind::write || op.kind == OpKind::atomic_store;
}

inline bool notifies(const Op& op) {
  return op.kind == OpKind::cond_signal || op.kind == OpKind::cond_broadcast ||
         op.kind == OpKind::futex_wake;
}

inline bool waits_for_notification(const Op& op) {
  return op.kind == OpKind::cond_wait || op.kind == OpKind::futex_wait;
}

inline bool synchronises(const Op& op) {
  switch (op.kind) {
    case OpKind::mutex_trylock_fail:
    case OpKind::sem_wait:
    case OpKind::sem_trywait_fail:
    case OpKind::sem_post:
    case OpKind::sem_read:
    case OpKind::barrier_wait:
    case OpKind::once_done:
    case OpKind::rwlock_queue:
      return true;
    default:
      return takes_lock(op) || notifies(op) || waits_for_notification(op);
  }
}

// Of what a semaphore counts.
inline bool changes_count(const Op& op) {
  return op.kind == OpKind::sem_wait || op.kind == OpKind::sem_post;
}

inline bool overlap(const Op& a, const Op& b) {
  return a.address < end_of(b) && b.address < end_of(a);
}

inline bool same_place(const Op& a, const Op& b) {
  return is_memory_access(a.kind) && is_memory_access(b.kind) && overlap(a, b);
}

inline bool conflict(const Op& a, const Op& b) {
  const auto touches = [](const Op& op) { return is_memory_access(op.kind) || is_life(op.kind); };
  if (touches(a) && touches(b)) {
    const auto changes = [](const Op& op) { return writes(op.kind) || is_life(op.kind); };
    return overlap(a, b) && (changes(a) || changes(b));
  }
  if ((is_life(a.kind) && synchronises(b)) || (is_life(b.kind) && synchronises(a))) {
    return overlap(a, b);
  }
  if (a.kind == OpKind::sem_read && b.kind == OpKind::sem_read) return false;
  // An unlock cannot come before the lock that it ends: the locks are what can be swapped.
  return synchronises(a) && synchronises(b) && a.address == b.address && a.address != 0;
}

}  // namespace heddle
