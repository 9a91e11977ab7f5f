// What happened in one run, in order: enough to print its interleaving without the program.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

// Why another thread went than the one before. `none` where the same thread goes on.
enum class SwitchReason : std::uint8_t { none, preempted, blocked, ended, gave_way };

struct Event {
  ThreadId thread = 0;
  std::uint64_t step = 0;  // the thread's own count, as deviations name it
  Op op;
  SwitchReason why = SwitchReason::none;  // why the thread of the event before does not go on
  bool racy = false;                      // part of a data race seen in this run
  // Little-endian, up to eight bytes; absent where the memory could not be read.
  std::optional<std::uint64_t> value{};      // read, or written
  std::optional<std::uint64_t> old_value{};  // of an atomic read-modify-write
  std::vector<Address> stack{};              // callers, innermost first, without op.pc
  // The latest point where it was decided who goes: a deviation there puts another thread before
  // this event. kNoThread: there was none yet.
  ThreadId decided_by = kNoThread;
  std::uint64_t decided_at = 0;  // the step of that thread
};

// A part of a thread's stack, as long as one call lasted: where its local variables are.
struct StackFrame {
  ThreadId thread = 0;
  Address begin = 0;  // the stack pointer, in the call that is made at `pc`
  Address end = 0;    // what debug information calls the canonical frame address
  Address pc = 0;     // return address of that call

  friend auto operator<=>(const StackFrame&, const StackFrame&) = default;
};

struct AllocatedBlock {
  Address begin = 0;
  Address end = 0;  // rounded up to what the heap gives out
  ThreadId thread = 0;
  std::vector<Address> stack{};  // where it was allocated, innermost first
};

// A thread's own copy of one module's thread-local variables.
struct ThreadLocals {
  ThreadId thread = 0;
  Address begin = 0;
  Address end = 0;
  Address image = 0;  // what they are copied from: tells which module
};

struct Trace {
  std::vector<Event> events;
  // What of the stacks and of the heap the events touch, as far as it was seen.
  std::vector<StackFrame> frames{};
  std::vector<AllocatedBlock> blocks{};
  std::vector<ThreadLocals> thread_locals{};
  bool truncated = false;  // the recorder's limit was reached; the last events are kept
};

}  // namespace heddle
