// Writes down a run while it is replayed. Slow (a system call and an unwind per event).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "harness/engine/call_stack.h"
#include "harness/model/trace.h"

namespace heddle {

class TraceRecorder {
 public:
  // Events kept; older ones are dropped.
  static constexpr std::size_t kLimit = 200'000;
  static constexpr std::size_t kMostFrames = 20'000;  // in all, each call that one makes apart

  // `all_stacks`: those of plain accesses too, which are most events.
  void begin(bool all_stacks);
  // The calling thread does `op`. The value of a plain read is read from memory, that of a plain
  // write is filled in by settle().
  void add(ThreadId thread, std::uint64_t step, const Op& op, SwitchReason why,
           const ProgramCode& code);
  // The calling thread has got this memory of the heap.
  void add_block(ThreadId thread, Address begin, Address end, const ProgramCode& code);
  void add_thread_locals(const std::vector<ThreadLocals>& variables);
  // Instead of add(), where nothing is to be recorded.
  void skip();
  void set_values(std::optional<std::uint64_t> value, std::optional<std::uint64_t> old_value);
  // Whom the last event wakes, if it is a notification of one thread.
  void set_woken(ThreadId thread);
  // Reads what the last plain write wrote: its instruction runs after its hook, so this is called
  // at the next hook, before any other thread can run.
  void settle();
  // It is decided here who goes; whatever ran until now has taken effect.
  void decision(ThreadId thread, std::uint64_t step) {
    settle();
    decided_by_ = thread;
    decided_at_ = step;
  }
  // Marks the accesses of a race: the last event, and the last one of `thread` at `pc` before it.
  void mark_race(ThreadId thread, Address pc, Address address, unsigned size);
  // Before mark_race(): not the last event is one of the two, but the next.
  void expect_race() { expects_race_ = true; }
  // The run ends before the last plain write is made: memory does not hold its value.
  void abandon_write() { unsettled_ = false; }

  // Events of the run so far, kept or not.
  std::uint64_t count() const { return count_; }

  Trace take();

 private:
  std::vector<Address> capture(ThreadId thread, const ProgramCode& code);
  void keep_what_is_touched();

  Trace trace_;
  std::uint64_t count_ = 0;
  std::set<StackFrame> frames_;
  std::vector<StackFrame> captured_;
  bool all_stacks_ = false;
  bool unsettled_ = false;
  bool expects_race_ = false;
  ThreadId decided_by_ = kNoThread;
  std::uint64_t decided_at_ = 0;
};

// Up to eight bytes of this process's memory, little-endian; nothing if they cannot be read. Never
// faults.
std::optional<std::uint64_t> read_memory(Address address, unsigned size);

}  // namespace heddle
