#include "harness/engine/relacy/run/trace_recorder.h"

#include <utility>

#include "harness/engine/native/raw_system.h"
#include "harness/engine/relacy/run/call_place.h"

namespace heddle::relacy {
namespace {

// Memory that the program is about to access, or has tried to: it may not exist, and the fault must
// be the program's own.
std::optional<std::uint64_t> read_memory(Address address, unsigned size) {
  std::uint64_t value = 0;
  if (!native::read_memory(address, &value, size)) return std::nullopt;
  return value;
}

}  // namespace

void TraceRecorder::begin_run(Trace& trace) {
  trace_ = &trace;
  trace.events.clear();
  trace.truncated = false;
}

void TraceRecorder::end_run() {
  for (ThreadId thread = 0; thread < write_to_read_.size(); ++thread) read_written_value(thread);
}

void TraceRecorder::read_written_value(ThreadId thread) {
  if (!write_to_read_[thread]) return;
  Event& event = trace_->events[*write_to_read_[thread]];
  event.value = read_memory(event.op.address, event.op.size);
  write_to_read_[thread].reset();
}

void TraceRecorder::append(Event event, const ProgramCode& code) {
  auto& events = trace_->events;
  const ThreadId thread = event.thread;
  read_written_value(thread);
  if (events.size() == 2 * kMostEvents) {
    end_run();
    events.erase(events.begin(), events.begin() + kMostEvents);
    trace_->truncated = true;
  }
  const Op& op = event.op;
  const bool has_value = op.size == 1 || op.size == 2 || op.size == 4 || op.size == 8;
  const bool is_write = op.kind == OpKind::write;
  if (op.kind == OpKind::read && has_value) event.value = read_memory(op.address, op.size);
  if (!is_plain_access(op.kind) || !code.contains(op.pc)) {
    set_stack(event.op, event.stack, capture_stack(code), code);
  }
  events.push_back(std::move(event));
  // What a plain write stores is in memory when its thread comes back here.
  if (is_write && has_value) write_to_read_[thread] = events.size() - 1;
}

ThreadId TraceRecorder::last_thread() const {
  return trace_->events.empty() ? kNoThread : trace_->events.back().thread;
}

bool TraceRecorder::ends_with(ThreadId thread, Address pc) const {
  return last_thread() == thread && trace_->events.back().op.pc == pc;
}

void TraceRecorder::mark_race(Place& there) {
  auto& events = trace_->events;
  events.back().racy = true;
  for (std::size_t i = events.size() - 1; i-- > 0;) {
    Event& event = events[i];
    if (event.thread != there.thread || event.op.pc != there.op.pc) continue;
    event.racy = true;
    there.stack = event.stack;
    return;
  }
}

}  // namespace heddle::relacy
