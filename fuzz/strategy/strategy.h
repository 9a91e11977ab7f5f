// What a strategy is asked, and what its answers mean.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "fuzz/strategy/leaves_alone.h"
#include "harness/model/coverage.h"
#include "harness/model/decision.h"
#include "harness/model/exploration.h"
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

  // Whether that thread could go on, but has found nothing to do: it waits in a loop, or yields.
  bool gives_way() const {
    return !running && std::any_of(ready.begin(), ready.end(),
                                   [this](const ReadyThread& other) { return other.id == thread; });
  }
};

// How a run ended.
struct RunEnd {
  std::uint64_t decisions = 0;  // calls of pick and choose
  bool cut = false;             // while a thread other than the last one picked could have gone on
  bool stopped = false;         // by what the last step did: nothing can come behind that
  bool limit = false;           // at a limit: what would have followed is unknown
  bool given_up = false;        // by pick's answer kEndRun
};

// Called by one thread only. All answers may depend on the seed, the run's number and what was seen
// in this run, and on nothing else: then a run can be had again by its number, in any process. For
// what learns() and exhaustive strategies depend on, see there.
class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  // Prepares for run number `run`; false if there is nothing left to try.
  virtual bool begin_run(std::uint64_t run) = 0;

  // The answer of pick() that ends the run: nothing new can come of it.
  static constexpr std::size_t kEndRun = ~std::size_t{0};

  // An index into point.ready. Must not allocate, log or lock: this is the hot path. Strategies
  // that follow() may allocate, and may answer kEndRun.
  virtual std::size_t pick(const SchedulingPoint& point) = 0;

  // An index below n, n >= 1, for a choice of thread `thread` at its step `step`.
  virtual std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread,
                               std::uint64_t step) = 0;

  // The run is over. A run may be begun again before it ended, to see whether it repeats itself.
  virtual void end_run(const RunEnd& end) { (void)end; }

  // Strategies that look at executions as a whole are asked at every step, also where only one
  // thread is ready, and told what each step did: others are spared the cost. Does not change
  // during a run.
  virtual bool follows() const { return false; }
  // What the operation that the thread picked last is about to do finds, and when it would leave
  // that as it is. Told once a step at most, before executed(), of:
  // - memory that is accessed: the value;
  // - a semaphore: its value;
  // - a condition variable: how many wait;
  // - a try to lock, and whatever locks or unlocks together with others: 1 if a thread has the lock
  //   for itself alone, else twice the number of those that share it;
  // - what is done once, by who finds it done: 2.
  virtual void found(std::uint64_t value, const LeavesAlone& alone) { (void)value, (void)alone; }
  // The thread picked last has done this; `changed`: others could see that it did.
  virtual void executed(const Op& op, bool changed) { (void)op, (void)changed; }
  // Where the thread picked last is now it was before, in the same state, and in between it has
  // changed nothing: a round of a loop that waits. Told before the next pick.
  struct Round {
    std::uint32_t steps = 0;  // of the thread
    Address pc = 0;           // of what it does next
    // It has taken mutexes, by no try, and given them back.
    bool unlocks = false;
  };
  virtual void came_round(ThreadId thread, const Round& round) { (void)thread, (void)round; }
  // Whether came_round() was told of this place. The first round is known for one only if it was.
  virtual bool waits_at(Address pc) const { return (void)pc, false; }
  // It has made this thread ready.
  virtual void woke(ThreadId thread) { (void)thread; }
  // The run ends while this thread waits for an object that others have: what it would have done.
  virtual void left_waiting(ThreadId thread, const Op& op) { (void)thread, (void)op; }

  // Whether later runs depend on earlier ones: on those below kLearningRuns and no others. They are
  // executed one after the other, each from begin_run() to end_run(), and what was learned goes on
  // as state() to whoever executes the rest. So results do not depend on how many do.
  virtual bool learns() const { return false; }
  static constexpr std::uint64_t kLearningRuns = 1024;

  // What it has learned so far, for another that is made from the same text and seed to go on from
  // there: between runs. Empty: there is nothing to know.
  virtual std::string state() const { return {}; }
  // False if the state is not one of this strategy.
  virtual bool set_state(std::string_view state) { return state.empty(); }
  // Of exhaustive strategies.
  virtual std::optional<Exploration> exploration() const { return std::nullopt; }
  // The same when somebody is to read it: with a better estimate of the whole, which may take as
  // long as some thousand runs.
  virtual std::optional<Exploration> forecast() const { return exploration(); }
  // What it promises of a program whose runs have at most so many threads and decisions; nothing if
  // it promises nothing.
  virtual std::optional<DepthBound> depth_bound(std::uint64_t threads,
                                                std::uint64_t decisions) const {
    (void)threads, (void)decisions;
    return std::nullopt;
  }
};

// Makes a strategy from its text: a name, and options in the form name:key=value,key=value.
// E.g. "random", "random:stay=0.9", "pct:depth=3". The message of a bad text says what is possible.
struct StrategyError {
  std::string message;
};
std::variant<std::unique_ptr<Strategy>, StrategyError> make_strategy(std::string_view text,
                                                                     std::uint64_t seed);

}  // namespace heddle
