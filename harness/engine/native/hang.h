// Tells a program that will never go on from one that is merely slow, and says what everybody
// waits for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/engine/native/task_state.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::native {

enum class Verdict : std::uint8_t {
  going_on,
  blocked,     // every thread waits for another: a deadlock, for certain
  standstill,  // threads run, but have changed nothing for the time limit
  too_long,    // the step limit is reached
};

// Fed with what a monitor sees every millisecond or so.
class HangDetector {
 public:
  struct Sample {
    std::uint64_t run = 0;      // a change of run is progress
    std::uint64_t now_ns = 0;   // monotonic
    std::uint64_t steps = 0;    // all threads
    std::uint64_t changes = 0;  // all threads
    bool all_blocked = false;   // every living thread, and at least one
  };

  // `standstill_ns`: how long nothing may change before it counts as a hang.
  HangDetector(std::uint64_t standstill_ns, std::uint64_t step_limit)
      : standstill_ns_(standstill_ns), step_limit_(step_limit) {}

  Verdict see(const Sample& sample);

 private:
  std::uint64_t standstill_ns_;
  std::uint64_t step_limit_;
  std::optional<Sample> last_;
  std::uint64_t last_change_ns_ = 0;
  std::uint64_t steps_at_last_change_ = 0;
};

// One living thread of a program that hangs.
struct StuckThread {
  ThreadId id = 0;
  Op op;  // its last hooked call; other: the thread it wants to join
  std::vector<Address> stack;
  bool waits = false;  // asleep for good; else it runs in circles
  // mutex_lock: who holds it. kNoThread: not known.
  ThreadId holder = kNoThread;
  bool holder_ended = false;
  // cond_wait: somebody notified the condition variable while nobody waited for it.
  ThreadId notifier = kNoThread;
  Address notifier_pc = 0;
};

// `blocked`: the verdict was `blocked`, else a standstill.
Failed describe_hang(std::span<const StuckThread> threads, bool blocked);

}  // namespace heddle::native
