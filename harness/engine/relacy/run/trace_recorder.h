// Writes a run down, for those runs whose interleaving somebody wants to see.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/engine/call_stack.h"
#include "harness/engine/relacy/run/fibers.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"
#include "harness/model/trace.h"

namespace heddle::relacy {

class TraceRecorder {
 public:
  void begin_run(Trace& trace);
  // Reads the values that are in memory by now. To be called after each run that was recorded.
  void end_run();

  // What the calling thread does: `event` but for its stack, and for its value where that is to be
  // read from memory. Allocates: to be called in a RuntimeScope.
  void append(Event event, const ProgramCode& code);
  // kNoThread: nothing is recorded yet.
  ThreadId last_thread() const;
  bool ends_with(ThreadId thread, Address pc) const;
  // The last event races with what `there` says, whose latest event becomes racy as well and gives
  // its stack.
  void mark_race(Place& there);

 private:
  static constexpr std::size_t kMostEvents = 100'000;

  void read_written_value(ThreadId thread);

  Trace* trace_ = nullptr;
  // The thread's event whose value is in memory when it comes back. Between runs there is none.
  std::array<std::optional<std::size_t>, kManyThreads> write_to_read_;
};

}  // namespace heddle::relacy
