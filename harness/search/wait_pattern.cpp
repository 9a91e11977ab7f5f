#include "harness/search/wait_pattern.h"

#include <algorithm>
#include <set>
#include <vector>

namespace heddle {
namespace {

constexpr std::size_t kNone = ~std::size_t{0};

bool overlap(const Op& a, const Op& b) {
  return is_memory_access(a.kind) && is_memory_access(b.kind) && a.address < end_of(b) &&
         b.address < end_of(a);
}

bool takes(const Op& op) {
  return op.kind == OpKind::mutex_lock || op.kind == OpKind::rwlock_read_lock ||
         op.kind == OpKind::rwlock_write_lock;
}

bool gives(const Op& op, Address lock) {
  const bool unlocks = op.kind == OpKind::mutex_unlock || op.kind == OpKind::rwlock_unlock ||
                       op.kind == OpKind::rwlock_shared_unlock;
  return (unlocks && op.address == lock) || (op.kind == OpKind::cond_wait && op.address2 == lock);
}

bool synchronises(const Op& op) {
  switch (op.kind) {
    case OpKind::none:
    case OpKind::thread_start:
    case OpKind::thread_exit:
    case OpKind::thread_create:
    case OpKind::thread_join:
    case OpKind::thread_detach:
    case OpKind::read:
    case OpKind::write:
    case OpKind::heap_free:
    case OpKind::heap_allocate:
    case OpKind::yield:
    case OpKind::interrupt:
    case OpKind::sleep:
    case OpKind::process_exit:
    case OpKind::failure:
      return false;
    default:
      return true;
  }
}

// Where the thread took the lock that it holds before `end`; kNone if it does not.
std::size_t taken(const Story& story, ThreadId thread, Address lock, std::size_t end) {
  for (std::size_t i = std::min(end, story.happened); i-- > 0;) {
    const Event& event = story.events[i];
    if (event.thread != thread) continue;
    if (gives(event.op, lock)) return kNone;
    if (takes(event.op) && event.op.address == lock) return i;
  }
  return kNone;
}

// The last time before `end` that the thread read memory.
std::size_t last_look(const Story& story, ThreadId thread, std::size_t end) {
  for (std::size_t i = end; i-- > 0;) {
    const Event& event = story.events[i];
    if (event.thread == thread && is_memory_access(event.op.kind) && !writes(event.op.kind)) {
      return i;
    }
  }
  return kNone;
}

// Whether another thread changes what the access was to.
bool is_shared(const Story& story, std::size_t access) {
  const Event& one = story.events[access];
  return std::any_of(story.events.begin(), story.events.end(), [&](const Event& event) {
    return event.thread != one.thread && writes(event.op.kind) && overlap(event.op, one.op);
  });
}

// The last time before `end` that the thread read memory which another one changes.
std::size_t last_shared_look(const Story& story, ThreadId thread, std::size_t end) {
  std::size_t look = last_look(story, thread, end);
  while (look != kNone && !is_shared(story, look)) look = last_look(story, thread, look);
  return look;
}

bool notifies(const Op& op, Address cond, ThreadId thread) {
  if (op.address != cond) return false;
  return op.kind == OpKind::cond_broadcast ||
         (op.kind == OpKind::cond_signal && (op.other == thread || op.other == kNoThread));
}

// Whether a loop round the wait would have waited on.
bool looks_unchanged(const Story& story, std::size_t wait, std::size_t end) {
  const ThreadId thread = story.events[wait].thread;
  const Address mutex = story.events[wait].op.address2;
  const std::size_t locked = taken(story, thread, mutex, wait);
  const std::size_t look = last_shared_look(story, thread, wait);
  if (look == kNone || locked == kNone || look < locked) return locked != kNone;
  for (std::size_t i = look + 1; i < story.happened; ++i) {
    const Event& event = story.events[i];
    if (i > end && event.thread == thread &&
        (gives(event.op, mutex) || event.op.kind == OpKind::failure)) {
      break;
    }
    if (writes(event.op.kind) && overlap(event.op, story.events[look].op)) return false;
  }
  return true;
}

// The last change by which what the waiting thread had looked at became again what it was then: a
// loop would have waited once more. kNone if it is not so.
std::size_t restored(const Story& story, std::size_t wait, std::size_t end) {
  const ThreadId thread = story.events[wait].thread;
  const std::size_t locked = taken(story, thread, story.events[wait].op.address2, wait);
  if (locked == kNone) return kNone;
  std::size_t change = kNone;
  for (std::size_t i = locked + 1; i < wait; ++i) {
    const Event& look = story.events[i];
    if (look.thread != thread || !is_memory_access(look.op.kind)) continue;
    std::size_t last = kNone;
    for (std::size_t j = i + 1; j < end; ++j) {
      const Event& event = story.events[j];
      if (writes(event.op.kind) && overlap(event.op, look.op)) last = j;
    }
    if (last == kNone) continue;
    const Event& event = story.events[last];
    const bool same = event.op.address == look.op.address && event.op.size == look.op.size &&
                      look.value.has_value() && event.value == look.value;
    if (!same || event.thread == thread) return kNone;
    change = change == kNone ? last : std::max(change, last);
  }
  return change;
}

// Its reads, with the mutex and before it waited, of what another thread changes.
std::vector<std::size_t> shared_looks(const Story& story, std::size_t wait) {
  const ThreadId thread = story.events[wait].thread;
  const std::size_t locked = taken(story, thread, story.events[wait].op.address2, wait);
  std::vector<std::size_t> looks;
  for (std::size_t i = wait; locked != kNone && i-- > locked + 1;) {
    const Event& event = story.events[i];
    const bool looks_there = event.thread == thread && is_memory_access(event.op.kind) &&
                             !writes(event.op.kind) && is_shared(story, i);
    if (looks_there) looks.push_back(i);
  }
  return looks;
}

// Whether what it had looked at is as it was when it is woken: a loop would have waited on.
bool all_unchanged(const Story& story, const std::vector<std::size_t>& looks, std::size_t end) {
  return !looks.empty() && std::none_of(looks.begin(), looks.end(), [&](std::size_t look) {
    for (std::size_t i = look + 1; i < end; ++i) {
      const Event& event = story.events[i];
      if (writes(event.op.kind) && overlap(event.op, story.events[look].op)) return true;
    }
    return false;
  });
}

// Whether the thread, woken, looks at it at the same place of the program as before it waited.
bool looks_again(const Story& story, const std::vector<std::size_t>& looks, std::size_t end) {
  const ThreadId thread = story.events[end].thread;
  for (std::size_t i = end + 1; i < story.happened; ++i) {
    const Event& event = story.events[i];
    if (event.thread != thread) continue;
    for (const std::size_t look : looks) {
      const Event& before = story.events[look];
      if (overlap(event.op, before.op)) {
        return event.op.pc == before.op.pc && event.stack == before.stack;
      }
    }
  }
  return false;
}

// As restored(), of a container: the thread had looked at several values, of which none need be as
// before for the whole to be empty again. The last change of one by a thread that is not the one
// that notified.
std::size_t emptied(const Story& story, const std::vector<std::size_t>& looks,
                    std::size_t notification, std::size_t end) {
  std::set<Address> places;
  for (const std::size_t look : looks) places.insert(story.events[look].op.address);
  if (places.size() < 2) return kNone;
  const auto was_looked_at = [&](const Op& op) {
    return std::any_of(looks.begin(), looks.end(),
                       [&](std::size_t look) { return overlap(story.events[look].op, op); });
  };
  for (std::size_t i = end; i-- > notification + 1;) {
    const Event& event = story.events[i];
    if (writes(event.op.kind) && event.thread != story.events[notification].thread &&
        was_looked_at(event.op)) {
      return i;
    }
  }
  return kNone;
}

// Of what happened; kNone of what did not.
std::size_t index_of(const Story& story, const Event& step) {
  for (std::size_t i = 0; i < story.happened; ++i) {
    const Event& event = story.events[i];
    if (event.thread == step.thread && event.step == step.step && event.op.kind == step.op.kind &&
        event.op.address == step.op.address) {
      return i;
    }
  }
  return kNone;
}

// Where the thread took the mutex that it holds before `end`, whichever; kNone if it has none.
std::size_t any_taken(const Story& story, ThreadId thread, std::size_t end) {
  for (std::size_t i = std::min(end, story.happened); i-- > 0;) {
    const Event& event = story.events[i];
    if (event.thread == thread && event.op.kind == OpKind::mutex_lock &&
        taken(story, thread, event.op.address, end) == i) {
      return i;
    }
  }
  return kNone;
}

// Whether the notifying thread changed what the other had looked at only after it had notified, and
// notified no more.
bool explain_late_change(const Story& story, Cause& cause, std::size_t look, std::size_t notify,
                         std::size_t wait) {
  const Event& notification = story.events[notify];
  std::size_t change = kNone;
  for (std::size_t i = notify + 1; i < story.events.size(); ++i) {
    const Event& event = story.events[i];
    if (event.thread != notification.thread) continue;
    if (event.op.address == notification.op.address &&
        (event.op.kind == OpKind::cond_signal || event.op.kind == OpKind::cond_broadcast)) {
      return false;
    }
    const bool changes = writes(event.op.kind) && overlap(event.op, story.events[look].op);
    if (changes && change == kNone) change = i;
  }
  if (change == kNone || change < look) return false;
  cause.pattern = CausePattern::notify_before_change;
  cause.steps = {story.events[look], notification, story.events[change], story.events[wait]};
  return true;
}

void refine_lost_wakeup(const Story& story, Cause& cause) {
  const std::size_t notify = index_of(story, cause.steps[0]);
  const std::size_t wait = index_of(story, cause.steps[1]);
  if (notify == kNone || wait == kNone || story.events[wait].op.kind != OpKind::cond_wait) return;
  const Event& waiting = story.events[wait];
  const std::size_t locked = taken(story, waiting.thread, waiting.op.address2, wait);
  const std::size_t look = last_shared_look(story, waiting.thread, wait);
  if (locked == kNone || look == kNone || look < locked) return;
  if (look > notify) {
    // It has looked since, so it has not missed what the notification was for.
    if (explain_late_change(story, cause, look, notify, wait)) return;
    cause.pattern = CausePattern::none;
    cause.steps.clear();
    return;
  }
  for (std::size_t i = look + 1; i < notify; ++i) {
    const Event& event = story.events[i];
    if (event.thread != story.events[notify].thread || !writes(event.op.kind) ||
        !overlap(event.op, story.events[look].op)) {
      continue;
    }
    if (taken(story, event.thread, waiting.op.address2, i) != kNone) continue;
    cause.pattern = CausePattern::flag_outside_mutex;
    cause.steps = {story.events[look], event, story.events[notify], waiting};
    const std::size_t other = any_taken(story, event.thread, i);
    if (other == kNone) return;
    cause.pattern = CausePattern::flag_under_another_mutex;
    cause.steps.push_back(story.events[other]);
    return;
  }
}

// Of threads that wait for ever the order of a look and a change says nothing, unless the change
// comes after the notification that was to tell of it.
void refine_stuck(const Story& story, Cause& cause) {
  if (!cause.first.has_value() || !cause.second.has_value() ||
      !is_memory_access(cause.first->op.kind) || writes(cause.first->op.kind)) {
    return;
  }
  const std::size_t look = index_of(story, *cause.first);
  if (look == kNone) return;
  std::size_t wait = look + 1;
  while (wait < story.happened && story.events[wait].thread != cause.first->thread) ++wait;
  if (wait >= story.happened || story.events[wait].op.kind != OpKind::cond_wait) return;
  for (std::size_t i = wait + 1; i < story.happened; ++i) {
    // It went on.
    if (story.events[i].thread == cause.first->thread) return;
  }
  for (std::size_t notify = look; notify-- > 0;) {
    const Event& event = story.events[notify];
    if (event.thread == cause.second->thread &&
        notifies(event.op, story.events[wait].op.address, cause.first->thread)) {
      explain_late_change(story, cause, look, notify, wait);
      return;
    }
  }
}

// A compare-exchange that found what its thread had loaded, though that had changed meanwhile.
void refine_check(const Story& story, Cause& cause) {
  const std::size_t look = index_of(story, cause.steps[0]);
  if (look == kNone) return;
  const ThreadId thread = story.events[look].thread;
  std::size_t act = look + 1;
  while (act < story.happened &&
         (story.events[act].thread != thread || story.events[act].op.kind != OpKind::atomic_rmw)) {
    ++act;
  }
  if (act >= story.happened) return;
  const Event& exchange = story.events[act];
  std::size_t load = act;
  while (load-- > 0) {
    const Event& event = story.events[load];
    if (event.thread == thread && event.op.address == exchange.op.address) break;
  }
  if (load == kNone || story.events[load].op.kind != OpKind::atomic_load ||
      !exchange.old_value.has_value() || story.events[load].value != exchange.old_value) {
    return;
  }
  const Event* away = nullptr;
  const Event* back = nullptr;
  for (std::size_t i = load + 1; i < act; ++i) {
    const Event& event = story.events[i];
    if (!writes(event.op.kind) || event.op.address != exchange.op.address ||
        event.thread == thread || !event.value.has_value()) {
      continue;
    }
    if (event.value != exchange.old_value && away == nullptr) away = &event;
    back = event.value == exchange.old_value && away != nullptr ? &event : nullptr;
  }
  if (away == nullptr || back == nullptr) return;
  cause.pattern = CausePattern::aba;
  cause.steps = {story.events[load], *away, *back, exchange};
}

}  // namespace

std::optional<Cause> explain_self_deadlock(const Story& story, const Failed& failure) {
  if (failure.kind != FailureKind::self_deadlock || failure.places.empty()) return std::nullopt;
  const Place& place = failure.places.front();
  const std::size_t held = taken(story, place.thread, place.op.address, story.happened);
  if (held == kNone) return std::nullopt;
  Event wanted;
  wanted.thread = place.thread;
  wanted.op = place.op;
  wanted.stack = place.stack;
  return Cause{.pattern = CausePattern::self_deadlock, .steps = {story.events[held], wanted}};
}

std::optional<OddWait> find_odd_wait(const Story& story, const Failed& failure) {
  std::set<ThreadId> seen;  // threads whose later wait is known to be another
  for (std::size_t wait = story.happened; wait-- > 0;) {
    const Event& event = story.events[wait];
    if (event.op.kind != OpKind::cond_wait || !seen.insert(event.thread).second) continue;
    const auto stuck = [&event](const Place& place) {
      return place.thread == event.thread && place.op.kind == OpKind::cond_wait;
    };
    if (std::any_of(failure.places.begin(), failure.places.end(), stuck)) continue;
    std::size_t end = wait + 1;
    std::size_t notification = kNone;
    for (; end < story.happened && story.events[end].thread != event.thread; ++end) {
      const bool notified = notifies(story.events[end].op, event.op.address, event.thread);
      if (notified && notification == kNone) notification = end;
    }
    if (end >= story.happened) continue;
    if (notification != kNone) {
      const std::vector<std::size_t> looks = shared_looks(story, wait);
      if (looks_again(story, looks, end)) continue;
      if (all_unchanged(story, looks, end)) {
        return OddWait{.wait = wait,
                       .end = end,
                       .notified = true,
                       .cause = {.pattern = CausePattern::wait_without_loop,
                                 .steps = {event, story.events[notification], story.events[end]}}};
      }
      std::size_t change = restored(story, wait, end);
      if (change == kNone) change = emptied(story, looks, notification, end);
      if (change == kNone || change < notification) continue;
      const std::size_t overtaken =
          taken(story, story.events[change].thread, event.op.address2, change);
      if (overtaken == kNone || overtaken < notification) continue;
      return OddWait{.wait = wait,
                     .end = end,
                     .notified = true,
                     .overtaken_by = overtaken,
                     .cause = {.pattern = CausePattern::wait_without_loop,
                               .steps = {event, story.events[notification], story.events[change],
                                         story.events[end]}}};
    }
    const bool timed = story.events[end].op.kind == OpKind::timeout;
    if (!timed &&
        (story.events[end].op.kind != OpKind::mutex_lock || !looks_unchanged(story, wait, end))) {
      continue;
    }
    const CausePattern pattern =
        timed ? CausePattern::timed_out_wait : CausePattern::wait_without_loop;
    return OddWait{.wait = wait,
                   .end = end,
                   .cause = {.pattern = pattern, .steps = {event, story.events[end]}}};
  }
  return std::nullopt;
}

void refine(const Story& story, Cause& cause) {
  if (cause.pattern == CausePattern::lost_wakeup) refine_lost_wakeup(story, cause);
  if (cause.pattern == CausePattern::check_then_act) refine_check(story, cause);
  if (cause.pattern == CausePattern::none) refine_stuck(story, cause);
}

bool may_be_ordered(const Story& story, std::size_t first, std::size_t second) {
  std::set<ThreadId> threads = {story.events[first].thread};
  std::set<Address> objects;
  for (std::size_t i = first; i <= second && i < story.events.size(); ++i) {
    const Event& event = story.events[i];
    const Op& op = event.op;
    const bool sees = synchronises(op) && (objects.contains(op.address) ||
                                           (op.address2 != 0 && objects.contains(op.address2)));
    if (sees || (op.kind == OpKind::thread_join && threads.contains(op.other))) {
      threads.insert(event.thread);
    }
    if (!threads.contains(event.thread)) continue;
    if (op.kind == OpKind::thread_create) threads.insert(op.other);
    if (i == first || !synchronises(op)) continue;
    objects.insert(op.address);
    if (op.address2 != 0) objects.insert(op.address2);
  }
  return threads.contains(story.events[second].thread);
}

}  // namespace heddle
