// Who goes next, and the other choices of a run.
#include <algorithm>

#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/fuzz/run/switch.h"

namespace heddle {

std::size_t Run::pick_followed(const SchedulingPoint& point) {
  const RuntimeScope scope;
  // Asked, but there is nothing to decide.
  if (ready_.size() == 1) --decisions_;
  const std::size_t chosen = strategy_->pick(point);
  if (chosen != Strategy::kEndRun) return chosen;
  result_.redundant = true;
  leave();
}

std::uint32_t Run::choose(Choice what, std::uint32_t n) {
  ++running_.step;
  ++decisions_;
  end_round();
  // A step is to do the same each time.
  if (watching_ && watch_.phase() == LivelockWatch::Phase::proving) return 0;
  const RuntimeScope scope;
  const std::uint32_t chosen = strategy_->choose(what, n, running_.thread->id, running_.step);
  if (chosen != 0) {
    if (is_outside(what)) ++result_.outside_choices;
    live_.add({running_.thread->id, running_.step, chosen});
    Fingerprint::chose(running_.thread->past, chosen);
  }
  return chosen;
}

void Run::observe_point() {
  const FuzzThread& self = *running_.thread;
  if (followed_) note_round();
  if (watching_ && ready_.size() == 1) watch_alone();
  if (tracing_) recorder_.decision(self.id, running_.step);
  if (log_ == nullptr) return;
  const RuntimeScope scope;
  log_->add(self.id, self.op);
}

void Run::point() {
  FuzzThread& self = *running_.thread;
  if (observed_) [[unlikely]]
    observe_point();
  bool gives_way = false;
  if (self.spins > kSpinLimit && !is_plain_access(self.op.kind)) [[unlikely]] {
    self.spins = 0;
    gives_way = true;
    // Whoever could run waits for time to pass. Not after one yield: the C++ library looks some
    // times before it waits with a time limit. For who reads the clock, that goes on by itself.
    if (!timers_.empty() && waits_in_loop(self) && self.clock_reads == 0 && all_wait()) {
      fire_timer();
    }
  }
  if (alone()) return;
  const std::size_t mine = ready_.index_of(self.id);
  const std::size_t fallback = gives_way ? (mine + 1) % ready_.size() : mine;
  const std::size_t chosen = decide(fallback, !gives_way);
  if (chosen == mine) return;
  // Where it is shown that no order leads out of a livelock, orders are tried that no minimal
  // interleaving needs.
  gives_way |= watching_ && watch_.phase() == LivelockWatch::Phase::proving;
  switch_to(*threads_[ready_[chosen].id],
            gives_way ? SwitchReason::gave_way : SwitchReason::preempted);
  self.changes_before = running_.changes;
}

FuzzThread& Run::next_after_block() {
  while (ready_.empty()) {
    if (fire_timer()) continue;
    result_.stopped = false;
    upward_.standstill();
  }
  let_time_pass();
  const std::size_t chosen = alone() ? 0 : decide(0, false);
  return *threads_[ready_[chosen].id];
}

void Run::block() {
  FuzzThread& self = *running_.thread;
  ++running_.step;
  if (self.state == FuzzThread::State::ready) ready_.remove(self);
  // What others change meanwhile is not its own.
  const std::uint64_t own_changes = running_.changes - self.changes_before;
  switch_to(next_after_block(), SwitchReason::blocked);
  self.changes_before = running_.changes - own_changes;
}

bool Run::names_step_within(std::uint64_t steps) const {
  const auto& deviations = job_->schedule.deviations;
  return std::any_of(deviations.begin(), deviations.end(), [&](const Deviation& deviation) {
    return deviation.thread == running_.thread->id && deviation.step > running_.step + 1 &&
           deviation.step <= running_.step + steps;
  });
}

void Run::wait_eagerly(std::uint64_t deadline, bool ends_by_it, bool could_go_on) {
  FuzzThread& self = *running_.thread;
  self.eager = true;
  self.eager_step = running_.step;
  ++running_.step;
  self.due_steps = 0;
  if (deadline != 0) {
    self.pending_until = deadline;
    if (ends_by_it) self.eager_until = deadline;
    ++eager_timed_;
    let_time_pass();
  }
  if (!alone()) {
    const std::size_t mine = ready_.index_of(self.id);
    const std::size_t next = could_go_on ? mine : (mine + 1) % ready_.size();
    const std::size_t chosen = decide(next, could_go_on);
    if (chosen != mine) {
      switch_to(*threads_[ready_[chosen].id],
                could_go_on ? SwitchReason::preempted : SwitchReason::blocked);
    }
  }
  self.eager = false;
  if (deadline != 0) {
    self.eager_until = self.pending_until = 0;
    --eager_timed_;
  }
}

void Run::tell_woken(FuzzThread& thread) {
  // Who waited but could have gone on any time did not need it: what it does next could as well
  // have come before.
  if (thread.eager) return;
  Fingerprint::wake(thread.past, running_.thread->past);
  if (!followed_) [[likely]]
    return;
  const RuntimeScope scope;
  strategy_->woke(thread.id);
}

}  // namespace heddle
