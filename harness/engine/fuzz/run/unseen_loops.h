// Loops that wait in code that is not instrumented: no hook is called there, so nobody else would
// ever go on. They are found by the processor time that passes without a step.
#pragma once

#include <cstdint>

#include "harness/engine/native/thread_timer.h"
#include "harness/model/op.h"

namespace heddle {

// The processor time of the thread that makes the runs, in parts of half a second. Each end of one
// is a signal, which comes to Run::cpu_tick().
class CpuTicks {
 public:
  // Before each run: a process that was forked has no timer yet.
  static void begin() {
    if (!timer_.is_made()) [[unlikely]]
      start();
  }

 private:
  static void start();

  static native::ThreadTimer timer_;
};

// What a tick remembers for the next.
struct UnseenLoop {
  ThreadId thread = kNoThread;
  std::uint64_t steps = 0;       // of all threads
  std::uint64_t own_steps = 0;   // of these, those that interruptions are
  std::uint64_t last_steps = 0;  // without those, at the last interruption
  std::uint32_t in_a_row = 0;    // interruptions without another step between
};

// Whether this process has interrupted any.
bool interrupted_any();

}  // namespace heddle
