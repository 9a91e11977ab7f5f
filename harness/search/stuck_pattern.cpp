#include "harness/search/stuck_pattern.h"

#include <algorithm>
#include <map>

#include "harness/search/held_locks.h"

namespace heddle {
namespace {

constexpr std::size_t kNone = ~std::size_t{0};

// What a thread has yet to do, or failed at.
Event event_of(const Place& place) {
  Event event;
  event.thread = place.thread;
  event.op = place.op;
  event.stack = place.stack;
  return event;
}

const Place* place_of(const Failed& failure, ThreadId thread) {
  const auto at = std::find_if(failure.places.begin(), failure.places.end(),
                               [thread](const Place& place) { return place.thread == thread; });
  return at == failure.places.end() ? nullptr : &*at;
}

// Whether that of the others which the place waits for, as far as it says, is stuck too.
bool needs_another(const Place& place, ThreadId other) {
  switch (place.op.kind) {
    case OpKind::thread_join:
      return place.op.other == other || place.op.other == kNoThread;
    case OpKind::sem_wait:
    case OpKind::barrier_wait:
    case OpKind::futex_wait:
      return true;
    // In a loop that looks for what only another thread changes.
    case OpKind::read:
    case OpKind::atomic_load:
    case OpKind::atomic_cas_fail:
    case OpKind::yield:
      return true;
    case OpKind::cond_wait:
      return true;
    default:
      return false;
  }
}

// A holds a lock and waits for what B would do, and B waits for the lock.
std::optional<Cause> hold_and_wait(const Story& story, const Failed& failure) {
  Held held;
  for (std::size_t i = 0; i < story.happened; ++i) held.advance(story, i);
  for (const Place& wanting : failure.places) {
    if (!takes_lock(wanting.op)) continue;
    for (const auto& [holder, locks] : held.all()) {
      if (holder == wanting.thread) continue;
      const Place* const waiting = place_of(failure, holder);
      if (waiting == nullptr || !needs_another(*waiting, wanting.thread)) continue;
      // A wait on a condition gives up its own mutex, and Held knows that.
      for (const std::size_t taken : locks) {
        if (story.events[taken].op.address != wanting.op.address) continue;
        return Cause{.pattern = CausePattern::hold_and_wait,
                     .steps = {story.events[taken], event_of(*waiting), event_of(wanting)}};
      }
    }
  }
  return std::nullopt;
}

bool is_notification(const Op& op, Address cond) {
  return op.address == cond &&
         (op.kind == OpKind::cond_signal || op.kind == OpKind::cond_broadcast);
}

// A notifies one of those who wait, which wakes B; C waits on, and nobody notifies again.
std::optional<Cause> one_notification(const Story& story, const Failed& failure) {
  for (const Place& waiting : failure.places) {
    if (waiting.op.kind != OpKind::cond_wait) continue;
    const Address cond = waiting.op.address;
    std::size_t last = kNone;
    std::size_t began = kNone;
    for (std::size_t i = 0; i < story.happened; ++i) {
      const Event& event = story.events[i];
      if (is_notification(event.op, cond)) last = i;
      if (event.thread == waiting.thread && event.op.kind == OpKind::cond_wait &&
          event.op.address == cond) {
        began = i;
      }
    }
    if (last == kNone || began == kNone || last < began) continue;
    const Event& notification = story.events[last];
    const ThreadId woken = notification.op.other;
    if (notification.op.kind != OpKind::cond_signal || woken == kNoThread ||
        woken == waiting.thread) {
      continue;
    }
    Cause cause{.pattern = CausePattern::one_notification,
                .steps = {notification, event_of(waiting)}};
    // Who was woken, and found that it was not for it.
    const Place* const again = place_of(failure, woken);
    if (again != nullptr && again->op.kind == OpKind::cond_wait && again->op.address == cond) {
      cause.steps.push_back(event_of(*again));
    }
    return cause;
  }
  return std::nullopt;
}

// A has a lock for reading and wants it so once more: who wants it for writing keeps new readers
// out.
std::optional<Cause> nested_read_lock(const Story& story, const Failed& failure) {
  Held held;
  for (std::size_t i = 0; i < story.happened; ++i) held.advance(story, i);
  for (const Place& again : failure.places) {
    if (again.op.kind != OpKind::rwlock_read_lock) continue;
    for (const std::size_t taken : held.of(again.thread)) {
      const Op& op = story.events[taken].op;
      if (op.kind != OpKind::rwlock_read_lock || op.address != again.op.address) continue;
      for (const Place& writer : failure.places) {
        if (writer.thread == again.thread || writer.op.address != op.address ||
            writer.op.kind != OpKind::rwlock_write_lock) {
          continue;
        }
        return Cause{.pattern = CausePattern::nested_read_lock,
                     .steps = {story.events[taken], event_of(again), event_of(writer)}};
      }
    }
  }
  return std::nullopt;
}

// Who takes one of a semaphore's and gives it back uses it as a lock; of others, which hand things
// on by it, nobody gives back what he takes.
std::optional<Cause> permit_kept(const Story& story, const Failed& failure) {
  struct Use {
    std::size_t taken = kNone;  // last
    std::size_t given = kNone;
    bool has_ended = false;
  };
  for (const Place& waiting : failure.places) {
    if (waiting.op.kind != OpKind::sem_wait) continue;
    std::map<ThreadId, Use> uses;
    for (std::size_t i = 0; i < story.happened; ++i) {
      const Event& event = story.events[i];
      Use& use = uses[event.thread];
      if (event.op.kind == OpKind::thread_exit) use.has_ended = true;
      if (event.op.address != waiting.op.address) continue;
      if (event.op.kind == OpKind::sem_wait) use.taken = i;
      if (event.op.kind == OpKind::sem_post) use.given = i;
    }
    const bool is_lock = std::any_of(uses.begin(), uses.end(), [](const auto& one) {
      return one.second.taken != kNone && one.second.given != kNone &&
             one.second.given > one.second.taken;
    });
    if (!is_lock) continue;
    for (const auto& [thread, use] : uses) {
      const bool keeps =
          use.has_ended && use.taken != kNone && (use.given == kNone || use.given < use.taken);
      if (!keeps) continue;
      return Cause{.pattern = CausePattern::permit_kept,
                   .steps = {story.events[use.taken], event_of(waiting)}};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Cause> explain_stuck(const Story& story, const Failed& failure) {
  switch (failure.kind) {
    case FailureKind::deadlock:
    case FailureKind::lost_wakeup:
    case FailureKind::hang: {
      auto cause = hold_and_wait(story, failure);
      if (!cause.has_value()) cause = one_notification(story, failure);
      if (!cause.has_value()) cause = nested_read_lock(story, failure);
      return cause.has_value() ? cause : permit_kept(story, failure);
    }
    case FailureKind::use_after_return:
      if (failure.places.empty()) return std::nullopt;
      return Cause{.pattern = CausePattern::use_after_return,
                   .steps = {event_of(failure.places.front())}};
    default:
      return std::nullopt;
  }
}

}  // namespace heddle
