// Virtual time: deadlines, and clocks that stand still while any thread can go on.
#include <algorithm>

#include "harness/engine/fuzz/run/run.h"

namespace heddle {

void Run::begin_timer(FuzzThread& thread, std::uint64_t deadline, void (*time_up)(FuzzThread&)) {
  thread.wake_time = deadline;
  thread.time_up = time_up;
  thread.sleeping = true;
  timers_.push_back(&thread);
}

void Run::end_timer(FuzzThread& thread) {
  if (!thread.sleeping) return;
  thread.sleeping = false;
  std::erase(timers_, &thread);
}

bool Run::fire_timer() {
  if (timers_.empty()) return false;
  const auto earliest = std::min_element(
      timers_.begin(), timers_.end(), [](const FuzzThread* a, const FuzzThread* b) {
        return a->wake_time != b->wake_time ? a->wake_time < b->wake_time : a->id < b->id;
      });
  FuzzThread& thread = **earliest;
  timers_.erase(earliest);
  thread.sleeping = false;
  thread.timed_out = true;
  thread.clock.advance(thread.wake_time);
  thread.time_up(thread);
  return true;
}

std::uint64_t Run::read_clock() {
  FuzzThread& self = *running_.thread;
  if (self.idle_mark != running_.changes) restart_idle(self);
  if (++self.clock_reads > kSpinLimit) {
    // Further and further: it may wait for an hour.
    constexpr std::uint64_t kMillisecond = 1'000'000;
    self.clock.advance(self.clock.now() +
                       (kMillisecond << std::min(self.clock_reads / kSpinLimit, 20U)));
  }
  return self.clock.now();
}

}  // namespace heddle
