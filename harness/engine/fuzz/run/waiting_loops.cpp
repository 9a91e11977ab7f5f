// Loops that wait, and the limits of a run.
#include <algorithm>
#include <bit>
#include <utility>

#include "harness/engine/call_stack.h"
#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/fuzz/run/switch.h"
#include "harness/engine/native/raw_system.h"
#include "harness/hooks/lasting_state.h"
#include "harness/hooks/native_atomics.h"

namespace heddle {
namespace {

// When every thread that could go on has done this many operations since anything changed, over and
// over the same few, and no time limit is to come, nothing ever will.
constexpr std::uint64_t kIdleLimit = 50'000;
// Of plain accesses this part of the step limit, and then it may still be a long computation.
constexpr std::uint64_t kPlainIdlePart = 20;
// The steps that a thread may take while there is no other are not limited, but for one that never
// ends: so many times the limit.
constexpr std::uint64_t kMostAlone = 100;

}  // namespace

void Run::restart_idle(FuzzThread& thread) const {
  thread.idle_mark = running_.changes;
  thread.idle_ops = 0;
  thread.idle_plain = 0;
  thread.clock_reads = 0;
  thread.idle_places.fill(0);
}

void Run::note_write(Address address, std::size_t size, Address pc) {
  // Its own stack belongs to the state of the thread.
  if (address - running_.stack_begin < FiberStacks::kSlot) return;
  FuzzThread& self = *running_.thread;
  FuzzThread::PlainWrites& writes = self.plain_writes;
  ++writes.recent;
  if (!self.marked || writes.lost) return;
  if (writes.size == writes.kMost || size > 8 || !std::has_single_bit(size)) {
    writes.lost = true;
    return;
  }
  running_.native_pc = pc;
  writes.items[writes.size++] = {.address = address,
                                 .found = native_load(address, static_cast<unsigned>(size)),
                                 .size = static_cast<unsigned>(size),
                                 .points = self.points};
  running_.native_pc = 0;
}

bool Run::wrote_the_same(std::uint64_t since) {
  const FuzzThread::PlainWrites& writes = running_.thread->plain_writes;
  return std::all_of(
      writes.items.begin(), writes.items.begin() + static_cast<std::ptrdiff_t>(writes.size),
      [since](const FuzzThread::PlainWrites::Write& write) {
        if (write.points < since) return true;
        // The program may have given up the memory since.
        std::uint64_t now = 0;
        return native::read_memory(write.address, &now, write.size) && now == write.found;
      });
}

void Run::note_unlock() {
  FuzzThread& self = *running_.thread;
  for (FuzzThread::Mark& mark : self.marks) {
    mark.lowest = std::min(mark.lowest, self.held);
    mark.unlocks = true;
  }
}

void Run::note_round() {
  FuzzThread& self = *running_.thread;
  ++self.points;
  // Plain writes are told to no strategy. Mutexes may be what they were when the round is over.
  const std::uint64_t changes =
      running_.changes - std::exchange(self.changes_before, running_.changes);
  const std::uint64_t may_be_none =
      std::exchange(self.plain_writes.recent, 0) + std::exchange(self.unlocks, 0);
  if (changes != may_be_none || self.plain_writes.lost) end_round();
  const auto state = [&] { return state_at(self.op.pc, self.stack().end()); };
  for (FuzzThread::Mark& mark : self.marks) {
    if (mark.pc != self.op.pc || mark.address != self.op.address) continue;
    const std::uint64_t before = mark.state;
    const std::uint64_t since = mark.points;
    const std::uint64_t steps = self.points - since;
    // Who holds as many as then, and has kept those, holds the same.
    const bool holds_the_same = mark.held == self.held && mark.lowest >= mark.held;
    const bool unlocks = std::exchange(mark.unlocks, false);
    mark.held = mark.lowest = self.held;
    mark.state = state();
    mark.points = self.points;
    mark.elsewhere = 0;
    if (mark.state == 0 || mark.state != before) return;
    if (!holds_the_same) {
      // Amid what a mutex guards. The next place is marked, for as long as this one was.
      mark.pc = 0;
      return;
    }
    if (!wrote_the_same(since)) {
      end_round();
      return;
    }
    const RuntimeScope scope;
    strategy_->came_round(
        self.id,
        {.steps = static_cast<std::uint32_t>(steps), .pc = self.op.pc, .unlocks = unlocks});
    return;
  }
  self.marked = true;
  // Only there from the first round on: the state takes long to find.
  if (strategy_->waits_at(self.op.pc)) {
    self.marks[self.next_mark] = {.pc = self.op.pc,
                                  .address = self.op.address,
                                  .state = state(),
                                  .points = self.points,
                                  .held = self.held,
                                  .lowest = self.held};
    self.next_mark = self.next_mark % FuzzThread::kWaitingMarks + 1;
    return;
  }
  // As Execution::note_round() does.
  FuzzThread::Mark& mark = self.marks[0];
  if (mark.pc != 0 && ++mark.elsewhere < mark.patience) return;
  mark = {.pc = self.op.pc,
          .address = self.op.address,
          .points = self.points,
          .patience = mark.pc == 0 ? mark.patience : mark.patience * 2,
          .held = self.held,
          .lowest = self.held};
}

void Run::idle() {
  FuzzThread& self = *running_.thread;
  ++self.spins;
  if (self.idle_mark != running_.changes) restart_idle(self);
  const Address place = self.op.address ^ self.op.pc << 16;
  const auto known = std::find(self.idle_places.begin(), self.idle_places.end(), place);
  if (known == self.idle_places.end()) {
    // A loop that looks at ever other things is no waiting.
    const auto unused = std::find(self.idle_places.begin(), self.idle_places.end(), Address{0});
    if (unused == self.idle_places.end()) {
      restart_idle(self);
    } else {
      *unused = place;
    }
  }
  // Seldom, for this looks at every thread.
  if (++self.idle_ops >= kIdleLimit && self.idle_ops % 256 == 0 && all_idle()) {
    livelock(
        "livelock: every thread that could go on repeats itself and changes nothing that another "
        "waits for");
  }
}

bool Run::all_wait() const {
  const std::uint64_t first = first_deadline();
  return std::all_of(ready_.begin(), ready_.end(), [&](const ReadyThread& ready) {
    const FuzzThread& thread = *threads_[ready.id];
    // Who waits for a later moment than another cannot go on before that one, where they are kept
    // in order.
    const bool waits_for_later = deadlines_ != Deadlines::any && thread.eager_until > first;
    return &thread == running_.thread || waits_for_later || waits_in_loop(thread);
  });
}

bool Run::awaits_time() const {
  // A signal of a timer of the kernel's comes when it comes, and its handler may end any loop.
  constexpr lasting_state::Parts kAlarms = lasting_state::bit(lasting_state::Part::alarms);
  const lasting_state::Parts changed = lasting_state::g_changed.load(std::memory_order_relaxed);
  return !timers_.empty() || (changed & kAlarms) != 0;
}

bool Run::all_idle() const {
  if (awaits_time()) return false;
  return std::all_of(ready_.begin(), ready_.end(), [this](const ReadyThread& ready) {
    const FuzzThread& thread = *threads_[ready.id];
    return thread.idle_mark == running_.changes &&
           (thread.idle_ops >= kIdleLimit ||
            thread.idle_plain >= job_->step_limit / kPlainIdlePart);
  });
}

bool Run::is_last_thread() const {
  for (std::size_t i = 0; i < used_threads_; ++i) {
    const FuzzThread& thread = *threads_[i];
    if (&thread != running_.thread && thread.state != FuzzThread::State::finished) return false;
  }
  return true;
}

void Run::idle_slice() {
  FuzzThread& self = *running_.thread;
  if (self.idle_mark != running_.changes) restart_idle(self);
  self.idle_plain += kSliceLimit;
  if (self.idle_plain < job_->step_limit / kPlainIdlePart || !all_idle()) return;
  const RuntimeScope scope;
  give_up("no thread has changed anything for " + std::to_string(self.idle_plain) +
          " steps: a livelock, or a long computation");
}

void Run::check_limits() {
  FuzzThread& self = *running_.thread;
  const std::uint64_t steps = steps_of_all();
  if (steps > watch_at_) {
    begin_watch(steps);
    if (running_.step - slice_begin_ < kSliceLimit && steps <= limit_) {
      running_.stop_step = running_.step + steps_to_check(steps);
      return;
    }
  }
  if (is_last_thread()) {
    // There is nothing to interleave: what counts is what comes when there are more.
    limit_ = std::max(limit_, std::min(steps, kMostAlone * job_->step_limit) + job_->step_limit);
  } else if (running_.step - slice_begin_ >= kSliceLimit && running_.changes == slice_changes_) {
    idle_slice();
  }
  running_.stop_step = running_.step + steps_to_check(steps);
  slice_changes_ = running_.changes;
  if (steps > limit_) {
    const RuntimeScope scope;
    give_up("the step limit of " + std::to_string(job_->step_limit) +
            " steps (--step-limit) was reached: a livelock, or a long run");
  }
  if (ready_.size() == 1) return;
  // Amid plain accesses, whatever it did before: strategies ask what is pending, and would have a
  // thread that has just created another go on at once, for ever. But it may be amid an operation
  // too, which is to find its own again.
  const Op pending = self.op;
  begin_op({.kind = OpKind::yield});
  const std::size_t mine = ready_.index_of(self.id);
  const std::size_t chosen = decide((mine + 1) % ready_.size(), false);
  if (chosen != mine) switch_to(*threads_[ready_[chosen].id], SwitchReason::gave_way);
  self.op = pending;
  // The access that follows is a step, and perhaps a decision, of its own.
  ++running_.step;
}

}  // namespace heddle
