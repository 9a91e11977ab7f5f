#include "harness/search/wait_pattern.h"

#include <algorithm>
#include <set>

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
  const std::size_t look = last_look(story, thread, wait);
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

void refine_lost_wakeup(const Story& story, Cause& cause) {
  const auto index_of = [&story](const Event& step) {
    for (std::size_t i = 0; i < story.happened; ++i) {
      const Event& event = story.events[i];
      if (event.thread == step.thread && event.step == step.step && event.op.kind == step.op.kind &&
          event.op.address == step.op.address) {
        return i;
      }
    }
    return kNone;
  };
  const std::size_t notify = index_of(cause.steps[0]);
  const std::size_t wait = index_of(cause.steps[1]);
  if (notify == kNone || wait == kNone || story.events[wait].op.kind != OpKind::cond_wait) return;
  const Event& waiting = story.events[wait];
  const std::size_t locked = taken(story, waiting.thread, waiting.op.address2, wait);
  const std::size_t look = last_look(story, waiting.thread, wait);
  if (locked == kNone || look == kNone || look < locked) return;
  for (std::size_t i = look + 1; i < notify; ++i) {
    const Event& event = story.events[i];
    if (event.thread != story.events[notify].thread || !writes(event.op.kind) ||
        !overlap(event.op, story.events[look].op)) {
      continue;
    }
    if (taken(story, event.thread, waiting.op.address2, i) != kNone) continue;
    cause.pattern = CausePattern::flag_outside_mutex;
    cause.steps = {story.events[look], event, story.events[notify], waiting};
    return;
  }
}

void refine_check(const Story& story, Cause& cause) {
  const Event& look = cause.steps[0];
  const Event& act = cause.steps[2];
  if (act.op.kind != OpKind::atomic_rmw || !look.value.has_value() ||
      act.op.address != look.op.address || act.old_value != look.value) {
    return;
  }
  const Event* away = nullptr;
  const Event* back = nullptr;
  bool looked = false;
  for (std::size_t i = 0; i < story.happened; ++i) {
    const Event& event = story.events[i];
    if (event.thread == look.thread && event.step == look.step) looked = true;
    if (event.thread == act.thread && event.step == act.step) break;
    if (!looked || !writes(event.op.kind) || event.op.address != look.op.address ||
        event.thread == act.thread || !event.value.has_value()) {
      continue;
    }
    if (event.value != look.value && away == nullptr) away = &event;
    back = event.value == look.value && away != nullptr ? &event : nullptr;
  }
  if (away == nullptr || back == nullptr) return;
  cause.pattern = CausePattern::aba;
  cause.steps = {look, *away, *back, act};
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
    bool notified = false;
    for (; end < story.happened && story.events[end].thread != event.thread; ++end) {
      notified = notified || notifies(story.events[end].op, event.op.address, event.thread);
    }
    if (notified || end >= story.happened) continue;
    const bool timed = story.events[end].op.kind == OpKind::timeout;
    if (!timed &&
        (story.events[end].op.kind != OpKind::mutex_lock || !looks_unchanged(story, wait, end))) {
      continue;
    }
    const CausePattern pattern =
        timed ? CausePattern::timed_out_wait : CausePattern::wait_without_loop;
    return OddWait{wait, end, {.pattern = pattern, .steps = {event, story.events[end]}}};
  }
  return std::nullopt;
}

void refine(const Story& story, Cause& cause) {
  if (cause.pattern == CausePattern::lost_wakeup) refine_lost_wakeup(story, cause);
  if (cause.pattern == CausePattern::check_then_act) refine_check(story, cause);
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
