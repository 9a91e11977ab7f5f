#include "harness/engine/fuzz/run/trace_recorder.h"

#include <algorithm>
#include <utility>

#include "harness/engine/native/raw_system.h"

namespace heddle {

namespace {

// Events before this one have the stacks of plain accesses too.
constexpr std::size_t kMostWithStacks = 20'000;

}  // namespace

std::optional<std::uint64_t> read_memory(Address address, unsigned size) {
  std::uint64_t value = 0;
  if (size == 0 || size > sizeof value) return std::nullopt;
  if (!native::read_memory(address, &value, size)) return std::nullopt;
  return value;
}

void TraceRecorder::begin(bool all_stacks) {
  trace_ = {};
  count_ = 0;
  frames_.clear();
  all_stacks_ = all_stacks;
  unsettled_ = false;
  expects_race_ = false;
  decided_by_ = kNoThread;
  decided_at_ = 0;
}

void TraceRecorder::add(ThreadId thread, std::uint64_t step, const Op& op, SwitchReason why,
                        const ProgramCode& code) {
  settle();
  if (trace_.events.size() == kLimit) {
    trace_.events.erase(trace_.events.begin(), trace_.events.begin() + kLimit / 4);
    trace_.truncated = true;
  }
  Event event{.thread = thread, .step = step, .op = op, .why = why};
  event.racy = std::exchange(expects_race_, false);
  event.decided_by = decided_by_;
  event.decided_at = decided_at_;
  // Of a longer run the time that they take would be seconds, and its middle is not shown.
  const bool wanted = all_stacks_ && trace_.events.size() < kMostWithStacks;
  if (wanted || !code.contains(op.pc) || !is_plain_access(op.kind)) {
    event.stack = capture(thread, code);
    // A lock taken inside libstdc++ belongs to the program's line that asked for it.
    if (!event.stack.empty()) {
      if (!code.contains(op.pc)) event.op.pc = event.stack.front();
      if (event.stack.front() == event.op.pc) event.stack.erase(event.stack.begin());
    }
  }
  if (op.kind == OpKind::read) event.value = read_memory(op.address, op.size);
  trace_.events.push_back(std::move(event));
  ++count_;
  unsettled_ = op.kind == OpKind::write;
}

void TraceRecorder::add_block(ThreadId thread, Address begin, Address end,
                              const ProgramCode& code) {
  if (trace_.blocks.size() < kLimit) {
    trace_.blocks.push_back({begin, end, thread, capture(thread, code)});
  }
}

void TraceRecorder::add_thread_locals(const std::vector<ThreadLocals>& variables) {
  trace_.thread_locals.insert(trace_.thread_locals.end(), variables.begin(), variables.end());
}

std::vector<Address> TraceRecorder::capture(ThreadId thread, const ProgramCode& code) {
  if (frames_.size() >= kMostFrames) return capture_stack(code);
  captured_.clear();
  std::vector<Address> stack = capture_stack(code, &captured_, thread);
  frames_.insert(captured_.begin(), captured_.end());
  return stack;
}

void TraceRecorder::skip() {
  settle();
  if (trace_.events.empty()) trace_.truncated = true;
}

void TraceRecorder::set_values(std::optional<std::uint64_t> value,
                               std::optional<std::uint64_t> old_value) {
  trace_.events.back().value = value;
  trace_.events.back().old_value = old_value;
}

void TraceRecorder::set_woken(ThreadId thread) {
  if (trace_.events.empty() || trace_.events.back().op.kind != OpKind::cond_signal) return;
  trace_.events.back().op.other = thread;
}

void TraceRecorder::settle() {
  if (!unsettled_) return;
  unsettled_ = false;
  Event& event = trace_.events.back();
  event.value = read_memory(event.op.address, event.op.size);
}

void TraceRecorder::mark_race(ThreadId thread, Address pc, Address address, unsigned size) {
  if (trace_.events.empty()) return;
  if (!expects_race_) trace_.events.back().racy = true;
  for (auto it = trace_.events.rbegin(); it != trace_.events.rend(); ++it) {
    if (it->thread == thread && it->op.pc == pc && it->op.address < address + size &&
        address < end_of(it->op)) {
      it->racy = true;
      return;
    }
  }
}

// Of all calls and allocations few are of any interest.
void TraceRecorder::keep_what_is_touched() {
  std::vector<Address> touched;
  for (const Event& event : trace_.events) {
    touched.push_back(event.op.address);
    if (event.op.kind == OpKind::cond_wait) touched.push_back(event.op.address2);
  }
  std::sort(touched.begin(), touched.end());
  const auto is_touched = [&touched](Address begin, Address end) {
    const auto first = std::lower_bound(touched.begin(), touched.end(), begin);
    return first != touched.end() && *first < end;
  };
  for (const StackFrame& frame : frames_) {
    if (is_touched(frame.begin, frame.end)) trace_.frames.push_back(frame);
  }
  frames_.clear();
  std::erase_if(trace_.blocks,
                [&](const AllocatedBlock& block) { return !is_touched(block.begin, block.end); });
  std::erase_if(trace_.thread_locals, [&](const ThreadLocals& variables) {
    return !is_touched(variables.begin, variables.end);
  });
}

Trace TraceRecorder::take() {
  settle();
  keep_what_is_touched();
  return std::move(trace_);
}

}  // namespace heddle
