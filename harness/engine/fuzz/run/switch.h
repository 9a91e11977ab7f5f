// How one thread stops and another goes on: what the hot paths of this room share, in place.
#pragma once

#include "harness/engine/fuzz/run/run.h"
#include "harness/hooks/caller.h"

namespace heddle {

[[gnu::always_inline]] inline void Run::resume(FuzzThread& next) {
  FuzzThread& self = *running_.thread;
  self.step = running_.step;
  self.epoch = running_.epoch;
  self.caller_frame = t_caller_frame;
  if (next.fs_base != self.fs_base) fs_.set(next.fs_base);
  running_.thread = &next;
  running_.step = next.step;
  running_.epoch = next.epoch;
  running_.stack_begin = next.stack_begin;
  running_.stop_step = next.step + steps_to_check(steps_before_);
  slice_begin_ = next.step;
  slice_changes_ = running_.changes;
  const auto from = boost::context::detail::jump_fcontext(next.context, &self);
  static_cast<FuzzThread*>(from.data)->context = from.fctx;
}

[[gnu::always_inline]] inline void Run::switch_to(FuzzThread& next, SwitchReason why) {
  FuzzThread& self = *running_.thread;
  if (&next == &self) return;
  if (tracing_) [[unlikely]]
    note_switch();
  // Until the next event: that the thread which was switched to could not go on either says nothing
  // of the one before.
  if (switch_reason_ == SwitchReason::none) switch_reason_ = why;
  steps_before_ += running_.step - slice_begin_;
  resume(next);
  while (capture_into_ != nullptr) [[unlikely]] answer_capture();
}

[[gnu::always_inline]] inline std::size_t Run::ask(std::span<const ReadyThread> ready,
                                                   std::size_t fallback, bool is_running) {
  ++decisions_;
  const SchedulingPoint point{.ready = ready,
                              .fallback = fallback,
                              .running = is_running,
                              .thread = running_.thread->id,
                              .step = running_.step};
  return followed_ ? pick_followed(point) : strategy_->pick(point);
}

[[gnu::always_inline]] inline std::size_t Run::decide(std::size_t fallback, bool is_running) {
  if (eager_timed_ != 0) [[unlikely]]
    return decide_in_time(fallback, is_running);
  return decide_freely(fallback, is_running);
}

[[gnu::always_inline]] inline std::size_t Run::decide_freely(std::size_t fallback,
                                                             bool is_running) {
  const std::size_t chosen = ask(ready_.span(), fallback, is_running);
  if (chosen == fallback) return fallback;
  live_.add({running_.thread->id, running_.step, ready_[chosen].id});
  return chosen;
}

}  // namespace heddle
