// One run after another: the program's threads as fibers, and the points at which a strategy
// decides which of them goes on.
//
// This is the lowest of the engine's rooms. It knows threads, their steps, decisions and time, and
// neither memory nor locks. What the rooms above need of it they call; what it needs of them they
// register (Upward). A run ends when some thread leaves it, with a failure, an outcome or neither.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/strategy/strategy.h"
#include "harness/engine/call_stack.h"
#include "harness/engine/engine.h"
#include "harness/engine/fiber/fiber.h"
#include "harness/engine/fiber/tls_lender.h"
#include "harness/engine/fuzz/run/fiber_thread.h"
#include "harness/engine/fuzz/run/fingerprint.h"
#include "harness/engine/fuzz/run/known_failures.h"
#include "harness/engine/fuzz/run/livelock_watch.h"
#include "harness/engine/fuzz/run/ready_set.h"
#include "harness/engine/fuzz/run/room.h"
#include "harness/engine/fuzz/run/trace_recorder.h"
#include "harness/engine/fuzz/run/unseen_loops.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/program_heap.h"
#include "harness/model/step_log.h"

namespace heddle {

// A thread that reads, fails to lock or yields this often in a row and changes nothing is waiting
// for another: it gives way, or a strategy with fixed priorities would never see the end of it.
inline constexpr std::uint32_t kSpinLimit = 64;
// The same for plain memory, where a loop that waits and one that computes look alike.
inline constexpr std::uint64_t kSliceLimit = 20'000;

inline Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

// What the hooks call in this job.
struct EngineTables {
  const EngineTable* alone;     // while main is the only thread
  const EngineTable* shared;    // otherwise
  const EngineTable* followed;  // of these, while a strategy is told what each step did
  const EngineTable* watched;   // likewise, while writes are told to the LivelockWatch
};

// Which of the threads whose wait may end early, by their own choice and not for want of another
// that could go on, may do so before an earlier deadline of another thread.
enum class Deadlines : std::uint8_t {
  any,
  in_order,   // none
  after_all,  // those that are named, once all who do not wait have come to wait
};

// What the rooms above do at certain moments of a run.
struct Upward {
  // Before the first step. All times of earlier runs are at most `base`.
  std::vector<void (*)(std::uint64_t base)> begin;
  // No thread can go on, and no time limit is to come. Does not return.
  void (*standstill)() = nullptr;
  // Tells the strategy of each thread what it is left waiting for at the end.
  void (*left_waiting)(Strategy& strategy) = nullptr;
  // The last thread is about to end, main having left by pthread_exit(): the process ends in it.
  // Does not return.
  void (*last_end)() = nullptr;
  // The program has ended well; `main_returned`: main's own frames are gone.
  void (*good_end)(bool main_returned) = nullptr;
};

// A run is first watched for livelocks after so many steps, see LivelockWatch, and then again each
// time that it has made twice as many: most runs are shorter.
inline constexpr std::uint64_t kFirstWatch = 8'192;

class Run {
 public:
  // `main`: what thread 0 runs.
  Run(RunHost& host, void (*main)(FuzzThread&));
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() = default;

  Upward& upward() { return upward_; }

  void begin_job(const Job& job, Strategy& strategy, EngineTables tables);
  // From the next run on. The strategy of the job, or another. `named`: for after_all.
  void follow(Strategy& strategy, Deadlines deadlines, std::span<const Deviation> named = {}) {
    // Not for each run: what a search has explored takes memory to say.
    if (&strategy != strategy_) exhaustive_ = strategy.exploration().has_value();
    strategy_ = &strategy;
    deadlines_ = deadlines;
    to_overtake_ = named;
  }
  // Executes one run on the calling thread. The result is valid until the next.
  const RunResult& execute(std::uint64_t number);
  // Writes what all further runs do there; null: nowhere.
  void keep_steps(StepLog* log) { done_log_ = log; }

  // Executes the run twice more for comparison; the strategy begins it each time by `begin`, which
  // returns false if there is to be no more. What is seen of failures is forgotten. Returns how
  // they differ.
  template <typename Begin>
  std::optional<Divergence> compare(std::uint64_t number, Begin begin) {
    const std::size_t known = known_.size();
    StepLog logs[2];
    for (StepLog& log : logs) {
      if (!begin()) {
        known_.resize(known);
        return std::nullopt;
      }
      log_ = &log;
      execute(number);
      log_ = nullptr;
    }
    known_.resize(known);
    return StepLog::first_difference(number, logs[0], logs[1]);
  }

  const Job& job() const { return *job_; }
  // A replay: whether the schedule names one of the running thread's next `steps` steps, other than
  // the first.
  bool names_step_within(std::uint64_t steps) const;
  RunHost& host() { return host_; }
  const ProgramCode& code() const { return code_; }
  RunResult& result() { return result_; }
  KnownFailures& known() { return known_; }
  const TlsLender& tls() const { return tls_; }
  bool under_way() const { return running_.thread != nullptr; }
  Running& running() { return running_; }
  FuzzThread& self() { return *running_.thread; }
  VectorClock& clock() { return running_.thread->clock; }
  Epoch now() const { return running_.epoch; }
  // Those of this run, by id.
  std::size_t thread_count() const { return used_threads_; }
  FuzzThread& thread(ThreadId id) { return *threads_[id]; }

  // ---- threads: threads.cpp ---------------------------------------------------------------------

  // As many are likely to be wanted: does ahead what can be done.
  void expect(std::size_t threads);
  // nullptr if the system has no stack or thread-local storage for another.
  // `stack_size`: in bytes, what the thread needs at least. `given`: the program's own for it.
  FuzzThread* add_thread(std::size_t stack_size = FiberStacks::kSize, StackBounds given = {});
  // The running thread has made `thread` and knows all that is to be known of it.
  void start(FuzzThread& thread);
  // The running thread has ended; another goes on.
  [[noreturn]] void end_thread();
  // The program has ended well; `main_returned`: main's own frames are gone.
  [[noreturn]] void end_well(bool main_returned);
  // The run ends here, as the result says.
  [[noreturn]] void leave();

  // ---- decisions: decisions.cpp -----------------------------------------------------------------

  // Says what the running thread does next. In place: a copy would be read before it is written.
  Op& begin_op(const Op& op) { return running_.thread->op = op; }
  void next_step() {
    ++running_.step;
    if (running_.step >= running_.stop_step) check_limits();
  }
  // The running thread comes to its `op`: another may go first.
  void point();
  // The same as a step of its own.
  void arrive() {
    next_step();
    point();
  }
  // It is about to block() where another time it might have passed through a point().
  void observe_wait() {
    if (followed_) [[unlikely]]
      note_round();
  }
  // The running thread cannot do its `op` yet: another goes. Returns when it was made ready and
  // picked.
  void block();
  // Others first, for as long as they leave it; it stays ready. `deadline`: virtual nanoseconds, 0
  // for none; `ends_by_it`: and not by itself. `could_go_on`: nothing keeps it now, so that another
  // that goes first preempts it.
  void wait_eagerly(std::uint64_t deadline, bool ends_by_it, bool could_go_on);
  // Nobody else can go on. Not with every thread asked: for strategies that follow().
  bool alone() const { return ready_.size() == 1 && !followed_; }
  // A choice of the running thread, as a step of its own; alternative 0 is the default.
  std::uint32_t choose(Choice what, std::uint32_t n);
  // Whether others could go on.
  bool has_others() const { return ready_.size() > 1; }
  void enable(FuzzThread& thread) { ready_.add(thread); }
  void disable(FuzzThread& thread) { ready_.remove(thread); }
  // Goes on because of what the running thread did.
  void tell_woken(FuzzThread& thread);

  // ---- time: timers.cpp -------------------------------------------------------------------------

  // `deadline`: virtual nanoseconds. When no thread can go on any more, the earliest time is up.
  void begin_timer(FuzzThread& thread, std::uint64_t deadline, void (*time_up)(FuzzThread&));
  void end_timer(FuzzThread& thread);
  // Virtual nanoseconds. Time passes here for a thread that does nothing but wait for it.
  std::uint64_t read_clock();

  // ---- deadlines in order: deadlines.cpp --------------------------------------------------------

  // The running thread's wait has ended by its deadline, though others could have gone on.
  void end_early(std::uint64_t deadline);
  // It begins to wait for something else: it has acted on its last deadline.
  void begin_wait() { running_.thread->due_steps = 0; }
  // Whether who begins to sleep is to be able to go on any time: so it is while a run is watched
  // for livelocks, where time is no part of what comes again.
  bool ends_sleeps_early() const { return watching_ && running_.thread->op.kind == OpKind::sleep; }
  // The running thread gives way. Who does so again and again has had the time to act on what it
  // waited for, and waits for another: for that one time passes, though nobody waits in a loop that
  // shows, as one that polls under a lock does not.
  void let_time_pass_by_yield();
  // Whether this run has had one, see Failed::late_wake.
  bool had_late_wake() const { return late_wake_ || late_in_watch_; }
  // The choices by which a thread's wait has ended early in this run while another that does not
  // wait could have gone on.
  const std::vector<Deviation>& overtaking() const { return overtaking_; }

  // ---- loops that wait, limits: waiting_loops.cpp -----------------------------------------------

  // Of whatever goes on while several threads live.
  void answer_shared() { g_engine_table = followed_ ? tables_.followed : tables_.shared; }
  // The running thread's operation changed something that another thread may wait for, or not.
  void changed() {
    running_.thread->spins = 0;
    ++running_.changes;
  }
  void idle();
  // The running thread has given a mutex back, which it counts as a change.
  void gave_back_mutex() {
    FuzzThread& self = *running_.thread;
    --self.held;
    ++self.unlocks;
    if (self.marked) [[unlikely]]
      note_unlock();
  }
  void progress(bool changes) { changes ? changed() : idle(); }
  // What the running thread does next hangs on more than memory: no round of a loop is like another
  // to which this belongs.
  // A plain write of the running thread is to come. To write what is there already is no change.
  void note_write(Address address, std::size_t size, Address pc);
  void end_round() {
    FuzzThread& self = *running_.thread;
    if (self.marked) self.marks = {};
    self.marked = false;
    self.plain_writes.clear();
  }
  void note_unlock();
  void check_limits();

  // ---- loops in code that is not instrumented: unseen_loops.cpp ---------------------------------

  // Of the running thread's processor time another part has passed; it is about to execute `pc`.
  // From a signal handler: may return much later.
  void cpu_tick(Address pc);

  // ---- livelocks: livelocks.cpp -----------------------------------------------------------------

  // What the running thread does next hangs on what no state of the program is.
  void disturb_watch() {
    if (watching_) [[unlikely]]
      watch_.disturb();
  }
  // It is about to write these bytes.
  void watch_write(Address address, std::size_t size);

  // ---- clocks -----------------------------------------------------------------------------------

  void acquire(const VectorClock& clock) { running_.thread->clock.join(clock); }
  void tick() {
    const Epoch now = running_.epoch;
    running_.epoch = Epoch(now.thread(), now.time() + 1);
    running_.thread->clock.set(now.thread(), now.time() + 1);
  }

  // ---- what was done: recording.cpp -------------------------------------------------------------

  // Whether the strategy wants to know what each step did.
  bool followed() const { return followed_; }
  // Whether the run went on for longer than the strategy was told of it.
  bool lost_follower() const { return proves_for_follower_; }
  // Of an atomic operation, before it is done(): what it finds, and when it leaves that as it is.
  void found(std::uint64_t value, const LeavesAlone& alone) {
    if (followed_) [[unlikely]]
      tell_found(value, alone);
  }
  // Beside an operation that leaves the atomic at this address as it is: it passes on what the
  // thread knows, or takes over what another such operation has passed on. So the order of the two
  // matters, though neither changes a value.
  void passed_on(Address address, bool passes) {
    if (followed_) [[unlikely]]
      tell_passed_on(address, passes);
  }
  // The running thread has done this. Values, where there are some, are those of the memory. (Not
  // as arguments that default to nothing: an empty optional is written as one byte and read as
  // eight, which a processor does slowly.)
  void done(const Op& op) {
    fingerprint_.executed(running_.thread->past, op);
    if (watched_) [[unlikely]]
      note(op, {}, {}, true);
  }
  void done(const Op& op, std::uint64_t value, std::optional<std::uint64_t> old_value = {}) {
    fingerprint_.executed(running_.thread->past, op);
    if (watched_) [[unlikely]]
      note(op, value, old_value, true);
  }
  // The same of an operation that only looked: nothing that another thread can see has changed.
  void looked(const Op& op) {
    fingerprint_.executed(running_.thread->past, op);
    if (watched_) [[unlikely]]
      note(op, {}, {}, false);
  }
  void looked(const Op& op, std::uint64_t value, std::optional<std::uint64_t> old_value = {}) {
    fingerprint_.executed(running_.thread->past, op);
    if (watched_) [[unlikely]]
      note(op, value, old_value, false);
  }
  // The same of what no step of another thread can conflict with.
  void done_here(const Op& op) {
    fingerprint_.executed(running_.thread->past, op);
    if (watched_) [[unlikely]]
      note_here(op);
  }
  // The same of what no trace shows.
  void done_unseen(const Op& op) {
    fingerprint_.executed(running_.thread->past, op);
    tell(op, true);
  }
  // Where the running thread is, which does this.
  Place here(const Op& op);
  // Where each thread in this state is. `code_only`: not what it does, since a thread amid plain
  // accesses keeps no operation of them.
  void capture(FuzzThread::State state, std::vector<Place>& places, bool code_only = false);
  // The recorder, if this part of the run is to be recorded.
  // The thread that runs has got this memory of the heap.
  void note_block(Address begin, Address end);
  TraceRecorder* recorder() { return tracing_ && in_traced_part() ? &recorder_ : nullptr; }
  // Decisions are recorded: where the running thread is.
  void note_where();
  // Of this run so far.
  DecisionLog& decision_log() { return decision_log_; }
  std::uint64_t recorded_events() const { return recorder_.count(); }
  // The run ends here: as many decisions as were asked for have been recorded.
  [[noreturn]] void end_recording();
  // Whatever ran until now has taken effect.
  void settle() {
    if (tracing_) recorder_.settle();
  }
  // The run ends before the last plain write is made.
  void abandon_write() {
    if (tracing_) recorder_.abandon_write();
  }
  bool tracing() const { return tracing_; }

  // ---- failures: failures.cpp -------------------------------------------------------------------

  // The run ends here with this failure, the calling thread in first place.
  [[noreturn]] void fail(Failed failure);
  [[noreturn]] void fail(FailureKind kind, std::string message, Address pc);
  // The same if nothing else is known of it than what stands here.
  [[noreturn]] void fail_known(const KnownFailures::Known& known);
  [[noreturn]] void give_up(std::string reason);
  // Likewise, and the process makes no other run: what is known of this one is in the way.
  [[noreturn]] void fail_and_leave_process(Failed failure);
  // In somebody else's code: its locks may be held and its data half written. The process ends.
  [[noreturn]] void fail_with_process(Failed failure);

 private:
  static void fiber_main(boost::context::detail::transfer_t from);

  void begin_run(std::uint64_t number);
  void finish_result();

  [[gnu::noinline]] std::size_t pick_followed(const SchedulingPoint& point);
  std::size_t ask(std::span<const ReadyThread> ready, std::size_t fallback, bool is_running);
  std::size_t decide(std::size_t fallback, bool is_running);
  std::size_t decide_freely(std::size_t fallback, bool is_running);
  [[gnu::noinline]] std::size_t decide_in_time(std::size_t fallback, bool is_running);
  // Of all threads: the earliest that is to come, or that its thread has had no time to act on.
  std::uint64_t first_deadline() const;
  bool waits_in_loop(const FuzzThread& thread) const;
  // Whether a deadline of the thread was up and it has had no time to act on it.
  bool is_due(const FuzzThread& thread) const;
  // While all who could go on wait for deadlines, and another comes first: that one is up.
  void let_time_pass();
  static void be_due(FuzzThread& thread, std::uint64_t deadline, std::uint64_t step) {
    thread.due_since = deadline;
    thread.due_steps = step + kSliceLimit;
  }
  FuzzThread& next_after_block();
  void switch_to(FuzzThread& next, SwitchReason why);
  void resume(FuzzThread& next);
  void answer_capture();
  // How many more steps the running thread may take, after `steps` of all, before check_limits().
  std::uint64_t steps_to_check(std::uint64_t steps) const {
    // Not only after a slice's worth: threads that take turns have none so long.
    const std::uint64_t next = std::min(limit_, watch_at_);
    return steps > next ? 1 : std::min(kSliceLimit, next + 1 - steps);
  }
  // Whether each thread that could go on looks again and again at what nobody has changed. Of the
  // running one that is known.
  bool all_wait() const;
  // Null if no thread waits for a moment in time.
  FuzzThread* earliest_timer() const;
  // Ends the wait of that thread; false if there is none.
  bool fire_timer();
  // The running thread's slice was of plain accesses that changed nothing.
  void idle_slice();
  // The running thread comes to a point: it may have been there before.
  [[gnu::noinline]] void note_round();
  // Whether its plain writes since that one of its points have left in memory what was there.
  bool wrote_the_same(std::uint64_t since);
  [[gnu::noinline]] void observe_point();
  // While a trace is recorded: the running thread stops here, and another goes on.
  [[gnu::noinline]] void note_switch();
  [[gnu::noinline]] void interrupt(Address pc);
  // Whether no other thread was made, or all have ended.
  bool is_last_thread() const;
  void restart_idle(FuzzThread& thread) const;
  bool all_idle() const;
  // Whether a thread waits with a time limit for more than that its time is up.
  bool waits_for_more_than_time() const;
  // Whether a moment is to come at which somebody may go on, in virtual or in real time.
  bool awaits_time() const;
  [[noreturn]] void livelock(std::string message);
  void begin_watch(std::uint64_t steps);
  void end_watch();
  std::size_t decide_watched(std::size_t fallback, bool is_running);
  // The running thread is the one that can go on, and comes to a point.
  void watch_alone();
  LivelockWatch::Answer arrive_watched();

  void end(Failed failure);
  void tell(const Op& op, bool changed);
  void tell_found(std::uint64_t value, const LeavesAlone& alone);
  void tell_passed_on(Address address, bool passes);
  void note_here(const Op& op);
  void note(const Op& op, std::optional<std::uint64_t> value,
            std::optional<std::uint64_t> old_value, bool changed);
  std::uint64_t steps_of_all() const { return steps_before_ + running_.step - slice_begin_; }
  bool in_traced_part() const {
    return steps_of_all() >= job_->trace_from && steps_of_all() <= job_->trace_until;
  }
  void record(const Op& op, std::optional<std::uint64_t> value,
              std::optional<std::uint64_t> old_value);

  Running running_;

  RunHost& host_;
  void (*const main_)(FuzzThread&);
  Upward upward_;
  const Job* job_ = nullptr;
  Strategy* strategy_ = nullptr;
  LiveSchedule live_;

  // Makes one with the next id, which waits to be used.
  void make_thread();

  ReadySet ready_;
  std::vector<std::unique_ptr<FuzzThread>> threads_;  // index: id; reused from run to run
  std::size_t used_threads_ = 0;
  EngineTables tables_ = {};
  std::vector<FuzzThread*> timers_;
  Deadlines deadlines_ = Deadlines::any;
  // Eager threads with a deadline, and one more while another rule than the strategy decides.
  std::size_t eager_timed_ = 0;
  std::vector<ReadyThread> in_time_;  // decide_in_time()'s own
  bool late_wake_ = false;
  bool late_in_watch_ = false;         // where whoever sleeps may go on
  ThreadId clock_reader_ = kNoThread;  // who looked first at a clock, with others there
  std::vector<Deviation> overtaking_;
  std::span<const Deviation> to_overtake_;  // likewise, of another run
  std::uint64_t clock_base_ = 0;            // times of earlier runs end here
  std::uint64_t steps_before_ = 0;          // of all threads up to the last switch
  std::uint64_t limit_ = 0;                 // of the steps of all threads, see check_limits()
  std::uint64_t slice_begin_ = 0;           // the running thread's step at that switch
  std::uint64_t slice_changes_ = 0;         // Running::changes at the slice's begin
  std::uint64_t decisions_ = 0;
  UnseenLoop unseen_;            // since the last tick
  std::uint64_t yields_ = 0;     // since time has passed last
  std::uint64_t next_look_ = 0;  // of the steps of all threads: for livelocks, in begin_watch()
  std::uint64_t watch_at_ = 0;   // of the steps of all threads
  LivelockWatch watch_;
  bool watching_ = false;
  bool proves_for_follower_ = false;  // the strategy is told no more of this run

  Fingerprint fingerprint_;
  KnownFailures known_;  // described in this job

  FiberStacks stacks_;
  TlsLender tls_;
  FsBase fs_;
  Address host_fs_ = 0;
  FuzzThread host_thread_;  // the worker's own context; not a thread of the program
  ProgramCode code_;
  TraceRecorder recorder_;
  DecisionLog decision_log_;
  bool tracing_ = false;
  bool exhaustive_ = false;  // of the strategy
  bool followed_ = false;    // by the strategy
  bool watched_ = false;     // by anybody
  bool observed_ = false;    // scheduling points are, by anybody
  SwitchReason switch_reason_ = SwitchReason::none;

  // Set while a blocked thread is resumed only to say where it is, and by whom.
  std::vector<Address>* capture_into_ = nullptr;
  FuzzThread* capture_for_ = nullptr;

  StepLog* log_ = nullptr;       // of scheduling points
  StepLog* done_log_ = nullptr;  // of what was done, which is the same whoever decides
  RunResult result_;
};

extern constinit Room<Run> g_run __attribute__((visibility("hidden")));

}  // namespace heddle
