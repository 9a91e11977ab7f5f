#include "harness/engine/native/hang.h"

#include <algorithm>
#include <utility>

namespace heddle::native {
namespace {

std::string name_of(ThreadId thread) {
  return "T" + std::to_string(thread);
}

std::string note_for(const StuckThread& thread) {
  if (!thread.waits) return "runs in circles, and changes nothing";
  switch (thread.op.kind) {
    case OpKind::mutex_lock:
      if (thread.holder == kNoThread) return "waits for a mutex";
      if (thread.holder == thread.id) return "waits for a mutex that it holds itself";
      return "waits for a mutex held by " + name_of(thread.holder) +
             (thread.holder_ended ? ", which has ended" : "");
    case OpKind::cond_wait:
      if (thread.notifier == kNoThread) return "waits to be notified";
      return "waits to be notified; " + name_of(thread.notifier) +
             " notified before it waited, when nobody did";
    case OpKind::thread_join:
      return thread.op.other == kNoThread ? "waits for a thread to end"
                                          : "waits for " + name_of(thread.op.other) + " to end";
    default:
      return "waits, after this call, for something that no running thread will do";
  }
}

// What is most to blame comes first: the report blames the first place.
int rank(const StuckThread& thread, FailureKind kind) {
  if (!thread.waits) return 0;
  switch (thread.op.kind) {
    case OpKind::mutex_lock:
      return kind == FailureKind::self_deadlock && thread.holder != thread.id ? 3 : 1;
    case OpKind::cond_wait:
      return kind == FailureKind::lost_wakeup && thread.notifier != kNoThread ? 0 : 2;
    case OpKind::thread_join:
      return 5;
    default:
      return 4;
  }
}

FailureKind classify(std::span<const StuckThread> threads, bool blocked) {
  if (!blocked) return FailureKind::hang;
  const auto any = [&](auto&& what) { return std::any_of(threads.begin(), threads.end(), what); };
  if (any([](const StuckThread& t) {
        return t.op.kind == OpKind::mutex_lock && t.holder == t.id;
      })) {
    return FailureKind::self_deadlock;
  }
  if (any([](const StuckThread& t) {
        return t.op.kind == OpKind::cond_wait && t.notifier != kNoThread;
      })) {
    return FailureKind::lost_wakeup;
  }
  return FailureKind::deadlock;
}

std::string message_for(FailureKind kind) {
  switch (kind) {
    case FailureKind::self_deadlock:
      return "a thread locks a mutex that it holds already";
    case FailureKind::lost_wakeup:
      return "every thread waits, one for a notification that was sent before it waited";
    case FailureKind::deadlock:
      return "every thread waits for another";
    default:
      return "threads run in circles, and nothing changes any more";
  }
}

}  // namespace

void HangDetector::begin_wait(const Sample& sample) {
  asks_ = false;
  circles_seen_ = 0;
  waiting_since_ns_ = sample.cpu_ns;
}

Verdict HangDetector::see(Sample sample) {
  const bool same_run = last_ && last_->run == sample.run;
  // Clocks of a process are read thread by thread, and may seem to go back a little.
  if (same_run) sample.cpu_ns = std::max(sample.cpu_ns, last_->cpu_ns);
  const bool stepped = !same_run || last_->steps != sample.steps;
  const bool changed = !same_run || last_->changes != sample.changes;
  // One sample is not enough: threads are looked at one after the other, and the first may have
  // been woken by the last in between. Whoever was woken makes a step before the next sample, or
  // is seen awake in it.
  const bool blocked = !stepped && last_->all_blocked && sample.all_blocked;
  last_ = sample;
  if (!same_run) run_since_ns_ = sample.now_ns;
  if (changed) {
    last_change_ = sample;
    begin_wait(sample);
  }
  if (blocked) return Verdict::blocked;
  if (stepped || !sample.all_asleep) awake_at_ns_ = sample.now_ns;
  if (sample.now_ns - awake_at_ns_ >= kAsleepPatience * still_ns_) return Verdict::asleep;
  // Not all steps: a loop that waits for a flag makes a hundred million a second, and is a hang.
  if (last_change_.steps > step_limit_) return Verdict::too_many;
  if (sample.now_ns - run_since_ns_ >= kLongest * still_ns_) return Verdict::too_long;
  const std::uint64_t patience = kPatience * still_ns_;
  const std::uint64_t ran = sample.cpu_ns - last_change_.cpu_ns;
  const std::uint64_t passed = sample.now_ns - last_change_.now_ns;
  // Who has had next to no processor time in all that time sleeps, or waits for the world outside.
  if (ran >= patience || (passed >= patience && ran < passed / 64)) return Verdict::idle;
  if (asks_) return see_motion(sample);
  if (sample.cpu_ns - waiting_since_ns_ >= ask_after_ns_) {
    asks_ = true;
    asked_at_ns_ = sample.cpu_ns;
  }
  return Verdict::going_on;
}

Verdict HangDetector::see_motion(const Sample& sample) {
  switch (sample.motion) {
    case Motion::circles:
      // Twice: as with threads that wait.
      return ++circles_seen_ < 2 ? Verdict::going_on : Verdict::standstill;
    case Motion::onward:
      last_change_ = sample;
      begin_wait(sample);
      break;
    case Motion::unknown:
      circles_seen_ = 0;
      if (sample.cpu_ns - asked_at_ns_ >= ask_after_ns_) begin_wait(sample);
      break;
  }
  return Verdict::going_on;
}

std::string HangDetector::limit_words(Verdict verdict) const {
  if (verdict == Verdict::too_many) {
    return "the limit of " + std::to_string(step_limit_) + " steps was reached: for real threads " +
           std::to_string(kStepFactor) + " times --step-limit";
  }
  if (verdict == Verdict::asleep) {
    return "all threads have waited for " +
           std::to_string(kAsleepPatience * still_ns_ / 1'000'000) + " ms, " +
           std::to_string(kAsleepPatience) +
           " times --hang-ms, one of them for input or a signal that does not come";
  }
  const bool idle = verdict == Verdict::idle;
  const std::uint64_t times = idle ? kPatience : kLongest;
  return (idle ? "no thread has changed anything for " : "the run has not ended for ") +
         std::to_string(times * still_ns_ / 1'000'000) + " ms, " + std::to_string(times) +
         " times --hang-ms: a hang, or a long run";
}

Failed describe_hang(std::span<const StuckThread> threads, bool blocked) {
  Failed result;
  result.kind = classify(threads, blocked);
  result.message = message_for(result.kind);
  std::vector<const StuckThread*> order;
  order.reserve(threads.size());
  for (const StuckThread& thread : threads) order.push_back(&thread);
  std::sort(order.begin(), order.end(), [&](const StuckThread* a, const StuckThread* b) {
    return std::pair(rank(*a, result.kind), a->id) < std::pair(rank(*b, result.kind), b->id);
  });
  for (const StuckThread* thread : order) {
    result.places.push_back({.thread = thread->id,
                             .op = thread->op,
                             .stack = thread->stack,
                             .note = note_for(*thread)});
  }
  for (const StuckThread* thread : order) {
    if (thread->op.kind != OpKind::cond_wait || thread->notifier == kNoThread) continue;
    result.places.push_back({.thread = thread->notifier,
                             .op = {.kind = OpKind::cond_signal,
                                    .address = thread->op.address,
                                    .pc = thread->notifier_pc},
                             .stack = {},
                             .note = "notified while nobody waited"});
    break;
  }
  return result;
}

}  // namespace heddle::native
