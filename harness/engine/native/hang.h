// Tells a program that will never go on from one that is merely slow, and says what everybody
// waits for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/engine/native/task_state.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::native {

enum class Verdict : std::uint8_t {
  going_on,
  blocked,     // every thread waits for another: a deadlock, for certain
  standstill,  // threads run, but in circles, and change nothing: for certain
  too_many,    // steps
  too_long,    // the run goes on and on
  idle,        // nothing has changed for the time limit, and nobody knows why
  asleep,      // every thread waits, one for something from outside, and nothing comes
};

// What the threads that run do while nothing changes.
enum class Motion : std::uint8_t {
  unknown,
  circles,  // each is back in a state that it was in, or waits for another
  onward,   // one of them looks at ever other things
};

// Fed with what a monitor sees every millisecond or so. Its time is that which the program's
// threads have had on a processor: on a busy machine they may have had little of the wall's.
class HangDetector {
 public:
  struct Sample {
    std::uint64_t run = 0;      // a change of run is progress
    std::uint64_t now_ns = 0;   // monotonic
    std::uint64_t cpu_ns = 0;   // processor time of the program's process
    std::uint64_t steps = 0;    // all threads
    std::uint64_t changes = 0;  // all threads
    bool all_blocked = false;   // every living thread, and at least one
    bool all_asleep = false;    // likewise, also by calls that something from outside may end
    Motion motion = Motion::unknown;
  };

  // So many times the time without a change is given to threads of which it cannot be told that
  // they go round in circles. Then the run gives up.
  static constexpr std::uint64_t kPatience = 30;
  // So many times, on the wall, to threads that all wait, one of them for something from outside.
  static constexpr std::uint64_t kAsleepPatience = 3;
  // And so many times as much, on the wall, to a run whatever it does.
  static constexpr std::uint64_t kLongest = 90;
  // Real threads make some hundred times as many steps in a second as threads that take turns.
  static constexpr std::uint64_t kStepFactor = 100;

  // `still_ns`: processor time without a change after which it is asked what threads do; a part of
  // that where an earlier run of the program has come to a standstill. `step_limit`: of the fuzz
  // engine.
  HangDetector(std::uint64_t still_ns, std::uint64_t step_limit, bool stood_still)
      : still_ns_(still_ns),
        ask_after_ns_(stood_still ? still_ns / kKnownPart : still_ns),
        step_limit_(step_limit * kStepFactor) {}

  Verdict see(Sample sample);
  // Whether samples are to have a `motion`.
  bool asks() const { return asks_; }
  // Whether a run gave up with this verdict.
  static bool is_limit(Verdict verdict) {
    return verdict == Verdict::too_many || verdict == Verdict::too_long ||
           verdict == Verdict::idle || verdict == Verdict::asleep;
  }
  // Which limit it was, and what moves it.
  std::string limit_words(Verdict verdict) const;

 private:
  void begin_wait(const Sample& sample);
  Verdict see_motion(const Sample& sample);

  // Who runs in circles is seen to do so: asking sooner makes no verdict less certain. It disturbs
  // a program that computes, which one that hangs does not.
  static constexpr std::uint64_t kKnownPart = 10;

  std::uint64_t still_ns_;
  std::uint64_t ask_after_ns_;
  std::uint64_t step_limit_;
  std::optional<Sample> last_;
  Sample last_change_;
  std::uint64_t run_since_ns_ = 0;
  std::uint64_t awake_at_ns_ = 0;       // when one was last seen that did not sleep
  std::uint64_t waiting_since_ns_ = 0;  // processor time; for when to ask next
  bool asks_ = false;
  std::uint64_t asked_at_ns_ = 0;
  int circles_seen_ = 0;
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
