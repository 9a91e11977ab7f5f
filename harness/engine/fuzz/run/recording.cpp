// What strategies and traces are told, and where threads are.
#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/fuzz/run/switch.h"

namespace heddle {
namespace {

// The stack names the program's place, where the operation's own is in a system library.
void settle_place(Place& place, const ProgramCode& code) {
  if (place.stack.empty()) return;
  if (!code.contains(place.op.pc)) place.op.pc = place.stack.front();
  if (place.stack.front() == place.op.pc) place.stack.erase(place.stack.begin());
}

}  // namespace

void Run::tell(const Op& op, bool changed) {
  if (!followed_) return;
  // Mutexes may come to be what they were: see note_round().
  const bool of_mutex = op.kind == OpKind::mutex_lock || op.kind == OpKind::mutex_unlock;
  if (changed && !of_mutex) end_round();
  const RuntimeScope scope;
  strategy_->executed(op, changed);
}

void Run::tell_found(std::uint64_t value, const LeavesAlone& alone) {
  const RuntimeScope scope;
  strategy_->found(value, alone);
}

void Run::tell_passed_on(Address address, bool passes) {
  const RuntimeScope scope;
  strategy_->executed({.kind = OpKind::fence, .address = address}, passes);
}

void Run::note(const Op& op, std::optional<std::uint64_t> value,
               std::optional<std::uint64_t> old_value, bool changed) {
  if (tracing_) record(op, value, old_value);
  // What StepLog::for_other_processes() drops would fill the log of a replay, and leave no room for
  // the rest.
  if (done_log_ != nullptr && !is_plain_access(op.kind) && !is_life(op.kind)) {
    const RuntimeScope scope;
    done_log_->add(running_.thread->id, op);
  }
  if (watching_) {
    const RuntimeScope scope;
    watch_.done(running_.thread->id, op, changed);
  }
  tell(op, changed);
}

void Run::note_here(const Op& op) {
  if (tracing_) record(op, {}, {});
  disturb_watch();
  tell({.kind = OpKind::none, .pc = op.pc}, true);
}

void Run::record(const Op& op, std::optional<std::uint64_t> value,
                 std::optional<std::uint64_t> old_value) {
  const RuntimeScope scope;
  if (!in_traced_part()) {
    recorder_.skip();
    return;
  }
  recorder_.add(running_.thread->id, running_.step, op, switch_reason_, code_);
  if (value.has_value()) recorder_.set_values(value, old_value);
  switch_reason_ = SwitchReason::none;
}

void Run::note_where() {
  const RuntimeScope scope;
  running_.thread->where = capture_stack(code_);
}

void Run::note_switch() {
  recorder_.decision(running_.thread->id, running_.step);
  if (job_->most_decisions != 0) note_where();
}

void Run::end_recording() {
  decision_log_.stopped = true;
  result_.outcome = GaveUp{.reason = "as many decisions as were asked for were made"};
  leave();
}

void Run::note_block(Address begin, Address end) {
  if (!under_way() || recorder() == nullptr) return;
  const RuntimeScope scope;
  recorder_.add_block(running_.thread->id, begin, end, code_);
}

Place Run::here(const Op& op) {
  Place place{.thread = running_.thread->id, .op = op, .stack = capture_stack(code_), .note = {}};
  settle_place(place, code_);
  return place;
}

void Run::capture(FuzzThread::State state, std::vector<Place>& places, bool code_only) {
  FuzzThread* self = running_.thread;
  for (std::size_t i = 0; i < used_threads_; ++i) {
    FuzzThread& thread = *threads_[i];
    // One that has not begun is nowhere, and would begin if it were asked.
    if (thread.state != state || (thread.step == 0 && &thread != self)) continue;
    Place place{.thread = thread.id, .op = code_only ? Op{} : thread.op, .stack = {}, .note = {}};
    if (&thread == self) {
      place.stack = capture_stack(code_);
    } else {
      // The thread unwinds its own stack: resume it for just that. The slice ends here for the
      // count of steps.
      steps_before_ = steps_of_all();
      slice_begin_ = running_.step;
      capture_into_ = &place.stack;
      capture_for_ = self;
      resume(thread);
    }
    settle_place(place, code_);
    places.push_back(std::move(place));
  }
}

// Resumed only to say where it waits; the thread that asked waits for the answer.
void Run::answer_capture() {
  *capture_into_ = capture_stack(code_);
  capture_into_ = nullptr;
  resume(*capture_for_);
}

}  // namespace heddle
