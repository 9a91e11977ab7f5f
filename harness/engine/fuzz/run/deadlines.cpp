// Of two deadlines that nothing else decides the earlier comes first.
//
// A wait with a deadline ends by it when no other thread can go on, or earlier, by the strategy's
// choice: others may be as slow as they like. But a thread that another has overtaken so, whose own
// deadline was an earlier one, would have been late to wake up, by the difference of the two, which
// may be hours. Programs rely on its not being. So deadlines are kept in order, or what comes of
// others is known by Failed::late_wake.
#include <algorithm>
#include <iterator>
#include <limits>

#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/fuzz/run/switch.h"

namespace heddle {

bool Run::waits_in_loop(const FuzzThread& thread) const {
  return thread.idle_mark == running_.changes && thread.idle_ops >= kSpinLimit;
}

bool Run::is_due(const FuzzThread& thread) const {
  const std::uint64_t step = &thread == running_.thread ? running_.step : thread.step;
  // Who waits for another to act has its own reason to be late.
  return thread.due_steps > step && thread.state == FuzzThread::State::ready &&
         !waits_in_loop(thread);
}

std::uint64_t Run::first_deadline() const {
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < used_threads_; ++i) {
    const FuzzThread& thread = *threads_[i];
    if (thread.sleeping) first = std::min(first, thread.wake_time);
    if (thread.pending_until != 0) first = std::min(first, thread.pending_until);
    if (is_due(thread)) first = std::min(first, thread.due_since);
  }
  return first;
}

void Run::let_time_pass() {
  const auto waits_for_later = [&](std::uint64_t first) {
    return std::all_of(ready_.begin(), ready_.end(), [&](const ReadyThread& ready) {
      return threads_[ready.id]->eager_until > first;
    });
  };
  while (eager_timed_ != 0 && waits_for_later(first_deadline()) && fire_timer()) {
  }
}

void Run::end_early(std::uint64_t deadline) {
  FuzzThread& self = *running_.thread;
  self.clock.advance(deadline);
  be_due(self, deadline, running_.step);
  if (job_->free_deadlines) return;
  const bool late = first_deadline() < deadline;
  (watching_ ? late_in_watch_ : late_wake_) |= late;
  if (watching_) return;
  const bool overtakes = std::any_of(ready_.begin(), ready_.end(), [&](const ReadyThread& ready) {
    const FuzzThread& thread = *threads_[ready.id];
    return &thread != &self && !thread.eager && !waits_in_loop(thread);
  });
  if (!overtakes) return;
  const RuntimeScope scope;
  overtaking_.push_back({self.id, self.eager_step, 1});
}

std::size_t Run::decide_in_time(std::size_t fallback, bool is_running) {
  const RuntimeScope scope;
  if (watching_) return decide_watched(fallback, is_running);
  const std::uint64_t first = first_deadline();
  const auto in_time = [&](const ReadyThread& ready) {
    return threads_[ready.id]->eager_until <= first;
  };
  // By the same rule whichever deadlines may come first: schedules name what differs from it.
  for (std::size_t i = 0; i < ready_.size() && !in_time(ready_[fallback]); ++i) {
    fallback = (fallback + 1) % ready_.size();
  }
  const ThreadId by_default = ready_[fallback].id;
  in_time_.assign(ready_.begin(), ready_.end());
  if (deadlines_ == Deadlines::in_order) {
    std::erase_if(in_time_, [&](const ReadyThread& ready) { return !in_time(ready); });
  } else if (deadlines_ == Deadlines::after_all) {
    std::erase_if(in_time_, [&](const ReadyThread& ready) {
      const FuzzThread& thread = *threads_[ready.id];
      const bool goes_on = is_running && &thread == running_.thread;
      const bool is_late = is_due(thread) && !goes_on;
      return thread.eager_until != 0 || is_late || waits_in_loop(thread);
    });
    if (in_time_.empty()) {
      std::copy_if(ready_.begin(), ready_.end(), std::back_inserter(in_time_),
                   [&](const ReadyThread& ready) {
                     const bool named = std::any_of(
                         to_overtake_.begin(), to_overtake_.end(),
                         [&](const Deviation& choice) { return choice.thread == ready.id; });
                     return named && threads_[ready.id]->eager_until != 0;
                   });
    }
  }
  if (in_time_.empty()) in_time_.assign(ready_.begin(), ready_.end());
  std::size_t chosen = 0;
  if (in_time_.size() > 1 || followed_) {
    const auto at = std::find_if(in_time_.begin(), in_time_.end(),
                                 [&](const ReadyThread& ready) { return ready.id == by_default; });
    const bool has_default = at != in_time_.end();
    chosen = ask(in_time_, has_default ? static_cast<std::size_t>(at - in_time_.begin()) : 0,
                 is_running && has_default);
  }
  const ThreadId id = in_time_[chosen].id;
  if (id != by_default) live_.add({running_.thread->id, running_.step, id});
  return ready_.index_of(id);
}

}  // namespace heddle
