#include "harness/report/row_marks.h"

#include <map>

#include "harness/report/describe.h"

namespace heddle {
namespace {

// Waits for others, and what ends those waits.
bool is_wait_or_notification(OpKind kind) {
  switch (kind) {
    case OpKind::cond_wait:
    case OpKind::cond_signal:
    case OpKind::cond_broadcast:
    case OpKind::sem_wait:
    case OpKind::sem_post:
    case OpKind::futex_wait:
    case OpKind::futex_wake:
    case OpKind::barrier_wait:
      return true;
    default:
      return false;
  }
}

bool is_lock(OpKind kind) {
  return kind == OpKind::mutex_lock || kind == OpKind::rwlock_read_lock ||
         kind == OpKind::rwlock_write_lock;
}

bool is_unlock(OpKind kind) {
  return kind == OpKind::mutex_unlock || kind == OpKind::rwlock_unlock ||
         kind == OpKind::rwlock_shared_unlock;
}

// What the thread looked at before it waited, since it took the mutex.
void add_condition(const Trace& trace, std::size_t wait, std::set<std::size_t>& result) {
  const Event& waits = trace.events[wait];
  for (std::size_t at = wait; at-- > 0;) {
    const Event& event = trace.events[at];
    if (event.thread != waits.thread) continue;
    if (event.op.kind == OpKind::mutex_lock || event.op.kind == OpKind::cond_wait) return;
    if (is_memory_access(event.op.kind) && !writes(event.op.kind)) result.insert(at);
  }
}

}  // namespace

std::set<std::size_t> deciding_events(const Trace& trace, const Failed& failure,
                                      const std::set<std::size_t>& cited) {
  std::set<Address> objects;
  for (const Place& place : failure.places) objects.insert(place.op.address);
  objects.erase(0);
  const bool stuck = is_stuck(failure.kind);
  const bool race = failure.kind == FailureKind::data_race;
  std::set<std::size_t> result = cited;
  std::map<Address, std::size_t> locked;  // by whom it is held at last
  for (std::size_t at = 0; at < trace.events.size(); ++at) {
    const Event& event = trace.events[at];
    const Op& op = event.op;
    // Where no cause is told, what races is the first suspect.
    if (event.racy && (race || cited.empty())) result.insert(at);
    if (op.kind == OpKind::heap_free && !stuck && !race) {
      for (const Address object : objects) {
        if (object >= op.address && object < op.address2) result.insert(at);
      }
    }
    if (!stuck || !objects.contains(op.address)) continue;
    if (is_wait_or_notification(op.kind)) result.insert(at);
    if (is_lock(op.kind)) locked[op.address] = at;
    if (is_unlock(op.kind)) locked.erase(op.address);
  }
  for (const auto& [object, at] : locked) result.insert(at);
  for (const std::size_t at : std::set<std::size_t>(result)) {
    if (trace.events[at].op.kind == OpKind::cond_wait) add_condition(trace, at, result);
  }
  return result;
}

}  // namespace heddle
