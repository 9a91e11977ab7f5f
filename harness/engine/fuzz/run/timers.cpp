// Virtual time: deadlines, and clocks that stand still while any thread can go on.
#include <algorithm>

#include "harness/engine/fuzz/run/run.h"
#include "harness/hooks/atomics_seen.h"

namespace heddle {

void Run::begin_timer(FuzzThread& thread, std::uint64_t deadline, void (*time_up)(FuzzThread&)) {
  thread.wake_time = deadline;
  thread.due_steps = 0;
  thread.time_up = time_up;
  thread.sleeping = true;
  timers_.push_back(&thread);
}

void Run::end_timer(FuzzThread& thread) {
  if (!thread.sleeping) return;
  thread.sleeping = false;
  std::erase(timers_, &thread);
}

FuzzThread* Run::earliest_timer() const {
  const auto earliest = std::min_element(
      timers_.begin(), timers_.end(), [](const FuzzThread* a, const FuzzThread* b) {
        return a->wake_time != b->wake_time ? a->wake_time < b->wake_time : a->id < b->id;
      });
  return earliest == timers_.end() ? nullptr : *earliest;
}

bool Run::fire_timer() {
  FuzzThread* const earliest = earliest_timer();
  if (earliest == nullptr) return false;
  FuzzThread& thread = *earliest;
  yields_ = 0;
  std::erase(timers_, earliest);
  thread.sleeping = false;
  thread.timed_out = true;
  thread.clock.advance(thread.wake_time);
  be_due(thread, thread.wake_time, thread.step);
  thread.time_up(thread);
  return true;
}

void Run::let_time_pass_by_yield() {
  constexpr std::uint64_t kYieldsOfSlice = 16;
  constexpr std::uint64_t kYieldsOfEach = 64;
  FuzzThread& self = *running_.thread;
  if (self.due_steps > running_.step) {
    self.due_steps -= std::min(self.due_steps - running_.step, kSliceLimit / kYieldsOfSlice);
  }
  if (timers_.empty() || exhaustive_ || ++yields_ < kYieldsOfEach * ready_.size()) return;
  fire_timer();
}

std::uint64_t Run::read_clock() {
  FuzzThread& self = *running_.thread;
  end_round();
  disturb_watch();
  if (used_threads_ > 1) {
    if (clock_reader_ == kNoThread) clock_reader_ = self.id;
    if (clock_reader_ != self.id) atomics_seen::note_own_clocks();
  }
  if (self.idle_mark != running_.changes) restart_idle(self);
  if (++self.clock_reads > kSpinLimit) {
    // Further and further: it may wait for an hour.
    constexpr std::uint64_t kMillisecond = 1'000'000;
    const std::uint64_t later =
        self.clock.now() + (kMillisecond << std::min(self.clock_reads / kSpinLimit, 20U));
    // Whoever sleeps until then wakes first: what this thread waits for may be what that one does.
    const FuzzThread* const sleeper = earliest_timer();
    if (sleeper != nullptr && sleeper->wake_time <= later) {
      const std::uint64_t time = sleeper->wake_time;
      fire_timer();
      self.clock.advance(time);
      restart_idle(self);
    } else {
      self.clock.advance(later);
    }
  }
  return self.clock.now();
}

}  // namespace heddle
