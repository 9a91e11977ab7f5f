// What a strategy is asked, and what its answers mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "harness/model/op.h"

namespace heddle {

struct ReadyThread {
  ThreadId id = 0;
  const Op* pending = nullptr;  // what it will do next if it is picked; valid during the call
};

// One scheduling point: who goes next?
struct SchedulingPoint {
  std::span<const ReadyThread> ready;  // at least one, ascending by id
  std::size_t fallback = 0;            // index in `ready` of who goes by default
  bool running = false;  // the default is the running thread, so another answer is a preemption
  // Whose point this is: the thread that ran until now (it may no longer be ready), and the number
  // of this step in its own count. Together they name the point within the run.
  ThreadId thread = 0;
  std::uint64_t step = 0;
};

// Choices other than who goes next; alternative 0 is the default.
enum class Choice : std::uint8_t {
  waiter,         // which of n waiting threads a notification wakes
  spurious_wake,  // 1: a waiting thread wakes without a notification
  timeout,        // 1: a timed wait ends by its time
  cas_failure,    // 1: a weak compare-exchange fails though it matched
  value,          // which of n values
};

// Called by one thread only. All answers may depend on the seed, the run's number and what was seen
// in this run, and on nothing else: then a run can be had again by its number, in any process.
class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  // Prepares for run number `run`; false if there is nothing left to try.
  virtual bool begin_run(std::uint64_t run) = 0;

  // An index into point.ready. Must not allocate, log or lock: this is the hot path.
  virtual std::size_t pick(const SchedulingPoint& point) = 0;

  // An index below n, n >= 1, for a choice of thread `thread` at its step `step`.
  virtual std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread,
                               std::uint64_t step) = 0;

  // The run is over, after `decisions` calls of pick and choose.
  virtual void end_run(std::uint64_t decisions) { (void)decisions; }
};

// Makes a strategy from its text: a name, and options in the form name:key=value,key=value.
// E.g. "random", "random:stay=0.9", "pct:depth=3". The message of a bad text says what is possible.
struct StrategyError {
  std::string message;
};
std::variant<std::unique_ptr<Strategy>, StrategyError> make_strategy(std::string_view text,
                                                                     std::uint64_t seed);

}  // namespace heddle
