// The run under way: its threads and their steps, what is written down of it, and how it ends. To
// be included by relacy_runner.cpp alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/engine/call_stack.h"
#include "harness/engine/engine.h"
#include "harness/engine/relacy/run/call_place.h"
#include "harness/engine/relacy/run/clock.h"
#include "harness/engine/relacy/run/context.h"
#include "harness/engine/relacy/run/fibers.h"
#include "harness/engine/relacy/run/known_failures.h"
#include "harness/engine/relacy/run/run_order.h"
#include "harness/engine/relacy/run/run_part.h"
#include "harness/engine/relacy/run/thread_state.h"
#include "harness/engine/relacy/run/trace_recorder.h"
#include "harness/hooks/program_heap.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::relacy {

// Plain accesses are no scheduling points. But a thread that spins on a plain flag would spin for
// ever if nobody else came to set it (and to race with the read), so after this many there is one.
inline constexpr std::uint32_t kPlainAccessesInARow = 1U << 16U;

// So many times the step limit is given to a main that has no other thread beside it.
inline constexpr std::uint64_t kMostAlone = 100;

// A search by depth keeps every choice of a run, and a loop that waits for another thread can take
// any number of turns.
inline constexpr std::uint64_t kTreeStepLimit = 20'000;

template <typename Model>
class Run {
 public:
  using Scheduler = typename Model::Scheduler;
  using ThreadInfo = rl::thread_info_base;

  // `search`: its bounds, of no meaning to a random one.
  Run(const RelacySearch& search, ContextUser& user)
      : params_(make_params(Model::kRandom)), context_(params_, shared_) {
    if constexpr (!Model::kRandom) scheduler().set_bounds(search);
    g_context_user = &user;
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { g_context_user = nullptr; }

  // To be asked at each run's begin, and whenever memory changes hands.
  void add(RunPart& part) { parts_.push_back(&part); }

  // ---- a run from outside
  void begin(const RunOrder& order, RunResult& result);
  // From main()'s first step to the last of all threads.
  void execute() { context_.iteration(1); }
  void end();
  void memory_changes_hands(Address begin, std::size_t size) {
    for (RunPart* part : parts_) part->forget(begin, size);
  }

  // ---- who runs
  static std::size_t index(int thread) { return static_cast<std::size_t>(thread); }
  static Scheduler& scheduler() { return *Scheduler::instance; }
  static rl::context& context() { return *rl::context_holder<>::instance_; }
  static int current() { return g_fibers->current; }
  static ThreadId current_id() { return static_cast<ThreadId>(g_fibers->current); }
  static ThreadInfo& info() { return *context().threadx_; }
  ThreadState& me() { return threads_[index(current())]; }
  ThreadState& thread(int thread) { return threads_[index(thread)]; }
  int id_of(const ThreadState& thread) const { return static_cast<int>(&thread - threads_.data()); }

  // How many threads were made in this run besides that of main(), and joined.
  int created() const { return created_; }
  // The next thread. Does not return if there can be no more.
  ThreadState& create_thread() {
    if (!scheduler().can_create()) {
      too_many_threads_ = true;
      leave();
    }
    ++created_;
    update_alone();
    return threads_[index(created_)];
  }
  void joined(ThreadState& thread) {
    thread.joined = true;
    ++joined_;
    update_alone();
    // Clocks of threads that others joined come to main with theirs; only main's own count is used.
    if (current() != 0) alone_ = false;
  }
  bool too_many_threads() const { return too_many_threads_; }
  // Only thread 0 lives, and all that others did happened before.
  bool alone() const { return alone_; }

  // ---- steps
  // A step that may wait. Until done() is called, the thread counts as waiting for it.
  void pending(OpKind kind, Address address, Address pc, ThreadId other = kNoThread,
               Address address2 = 0) {
    ThreadState& thread = me();
    ++thread.steps;
    thread.pending = {
        .kind = kind, .other = other, .address = address, .address2 = address2, .pc = pc};
    thread.waits = true;
    plain_left_ = kPlainAccessesInARow;
  }
  void done() { me().waits = false; }
  // Where another thread may go.
  void schedule() { context_.sched(); }
  // A step that is a plain access.
  void count_plain() {
    ThreadState& thread = me();
    ++thread.steps;
    if (--plain_left_ == 0) [[unlikely]] {
      plain_left_ = kPlainAccessesInARow;
      if (alone_) {
        // There is nothing to interleave: what counts is what comes when there are more.
        steps_alone_ = thread.steps;
        if (steps_alone_ <= kMostAlone * order_.step_limit) return;
      }
      if (thread.steps - (current() == 0 ? steps_alone_ : 0) > order_.step_limit || alone_) {
        give_up("the step limit was reached");
      }
      context().sched();
    }
  }
  int give_way(OpKind kind, Address pc) {
    pending(kind, 0, pc);
    record(kind, 0, 0, MemoryOrder::relaxed, pc);
    context().yield(1, kNowhere);
    done();
    return 0;
  }
  Clock& clock() { return clock_; }
  // The hook at `pc` touches memory on behalf of the program, until this is called with 0. A fault
  // there is the program's.
  void touching(Address pc) { touching_ = pc; }

  // ---- the trace
  void record(OpKind kind, Address address, unsigned size, MemoryOrder order, Address pc,
              ThreadId other = kNoThread, std::optional<std::uint64_t> value = std::nullopt,
              std::optional<std::uint64_t> old_value = std::nullopt, Address address2 = 0) {
    if (order_.record) [[unlikely]] {
      append_event({.kind = kind,
                    .size = static_cast<std::uint8_t>(std::min(size, 255U)),
                    .order = order,
                    .other = other,
                    .address = address,
                    .address2 = address2,
                    .pc = pc},
                   value, old_value);
    }
  }
  // The calling thread's `op`, which it is about to do or has just done, races with that of
  // `there`.
  void record_race(const Op& op, Place& there) {
    record_last(op);
    if (order_.record) recorder_.mark_race(there);
  }
  // What ends the run. Its hook may come to the trace before it comes to the check.
  void record_last(const Op& op) {
    if (!order_.record || recorder_.ends_with(current_id(), op.pc)) return;
    append_event(op, std::nullopt, std::nullopt);
  }

  // ---- ends of a run: these leave the program for good
  [[noreturn]] void leave() {
    fiber_t& from = *g_fibers->of[index(current())];
    context().threadx_ = nullptr;
    switch_to_fiber(*g_fibers->main, from);
    __builtin_unreachable();  // its next switch to this fiber starts it anew
  }
  [[noreturn]] void fail(FailureKind kind, const char* message, Address pc);
  [[noreturn]] void give_up(const char* reason) {
    {
      const RuntimeScope scope;
      result_->outcome = GaveUp{reason};
    }
    leave();
  }
  // What went wrong is not the program's doing.
  [[noreturn]] void refuse(const char* before, const char* what, const char* after) {
    {
      const RuntimeScope scope;
      result_->outcome = HarnessError{std::string(before) + what + after};
    }
    leave();
  }
  // Everybody waits, for ever.
  [[noreturn]] void leave_stuck() {
    stuck_ = true;
    leave();
  }
  bool stuck() const { return stuck_; }
  // This process cannot be trusted any more.
  [[noreturn]] void end_with_process(Failed failure) {
    result_->outcome = std::move(failure);
    // Who else says which run it was does not come to it.
    result_->run = order_.random.run;
    result_->relacy_state.clear();
    if constexpr (Model::kRandom) result_->relacy_state = to_text(order_.random);
    order_.host->end_run_and_process(*result_);
    __builtin_unreachable();  // compilers do not look into templates for what does not return
  }
  // The pc of the hook that has touched memory in vain; 0: none did.
  Address stop_touching() { return std::exchange(touching_, 0); }
  // Relacy's verdict on the operation that is pending.
  [[noreturn]] void fail_as_relacy(rl::test_result_e what);

  // The run's outcome is a failure. `describe` makes the description, unless it is a known one.
  template <typename Describe>
  void conclude(std::uint64_t cheap_key, Describe describe) {
    if (order_.known != nullptr) {
      if (const std::uint64_t* key = order_.known->find(cheap_key)) {
        result_->known_end = *key;
        return;
      }
    }
    Failed failure = describe();
    if (order_.known != nullptr) order_.known->add(cheap_key, failure_key(failure));
    result_->outcome = std::move(failure);
  }

 private:
  void append_event(const Op& op, std::optional<std::uint64_t> value,
                    std::optional<std::uint64_t> old_value);
  void update_alone() { alone_ = created_ == joined_; }

  rl::test_params params_;
  typename Scheduler::shared_context_t shared_;
  Context<Model> context_;

  RunOrder order_;
  RunResult* result_ = nullptr;
  TraceRecorder recorder_;
  Clock clock_;
  bool stuck_ = false;
  bool too_many_threads_ = false;
  bool alone_ = true;
  std::uint64_t steps_alone_ = 0;  // of main, until it last was not
  int created_ = 0;
  int joined_ = 0;
  std::uint32_t plain_left_ = 0;
  Address touching_ = 0;
  std::array<ThreadState, Model::kThreads> threads_;
  std::vector<RunPart*> parts_;
};

template <typename Model>
void Run<Model>::begin(const RunOrder& order, RunResult& result) {
  order_ = order;
  result_ = &result;
  result.outcome = Passed{};
  result.reports.clear();
  result.known_reports.clear();
  result.known_end.reset();
  recorder_.begin_run(result.trace);
  clock_.begin_run();
  touching_ = 0;
  stuck_ = false;
  too_many_threads_ = false;
  alone_ = true;
  steps_alone_ = 0;
  created_ = 0;
  joined_ = 0;
  plain_left_ = kPlainAccessesInARow;
  for (RunPart* part : parts_) part->begin_run();
  std::uint64_t limit = order.step_limit;
  if constexpr (Model::kRandom) {
    scheduler().seed(order.random.seed, order.random.run);
  } else {
    limit = std::min(limit, kTreeStepLimit);
  }
  params_.execution_depth_limit = static_cast<unsigned>(std::min<std::uint64_t>(limit, ~0U - 1));
  threads_[0].reset();
  g_fibers->reset(0);
}

template <typename Model>
void Run<Model>::end() {
  RunResult& result = *result_;
  if (order_.record) recorder_.end_run();
  result.steps = 0;
  for (int i = 0; i <= created_; ++i) {
    ThreadState& thread = threads_[index(i)];
    result.steps += thread.steps;
    if (i == 0) continue;
    thread.reset();
    // Those who waited for a thread's end would still be on its list in the next run.
    new (thread.sync) rl::thread_sync_object<Model::kThreads>();
  }
  result.decisions = scheduler().decisions();
  result.outside_choices = scheduler().outside_choices();
  result.threads = static_cast<std::uint32_t>(created_) + 1;
  if constexpr (!Model::kRandom) {
    if (!too_many_threads_ && scheduler().diverged()) {
      result.outcome = HarnessError{
          "the program had other choices than before at the same point, which a search by depth "
          "cannot follow: it depends on time, addresses or random numbers, or the state to repeat "
          "is of another program"};
    }
  }
}

template <typename Model>
void Run<Model>::append_event(const Op& op, std::optional<std::uint64_t> value,
                              std::optional<std::uint64_t> old_value) {
  const RuntimeScope scope;
  Event event;
  event.thread = current_id();
  event.step = me().steps;
  event.op = op;
  event.value = value;
  event.old_value = old_value;
  const ThreadId last = recorder_.last_thread();
  if (last != kNoThread && last != event.thread) {
    event.why = scheduler().stopped(static_cast<int>(last));
  }
  recorder_.append(std::move(event), g_fibers->code);
}

template <typename Model>
void Run<Model>::fail(FailureKind kind, const char* message, Address pc) {
  {
    const RuntimeScope scope;
    record(OpKind::failure, 0, 0, MemoryOrder::relaxed, pc);
    const Op op{.kind = OpKind::failure, .pc = pc};
    const auto describe = [&](Place place) { return Failed{kind, message, {std::move(place)}}; };
    CheapKey key = CheapKey(kind).add(message);
    const ProgramCode& code = g_fibers->code;
    if (code.contains(pc)) {
      conclude(key.add(pc).value(), [&] { return describe(here(current_id(), op, code)); });
    } else {
      // In a library's code: only the stack tells where the program is.
      Place place = here(current_id(), op, code);
      conclude(key.add(place.op.pc).value(), [&] { return describe(std::move(place)); });
    }
  }
  leave();
}

template <typename Model>
void Run<Model>::fail_as_relacy(rl::test_result_e what) {
  const Address pc = me().pending.pc;
  switch (what) {
    case rl::test_result_deadlock:
    case rl::test_result_recursion_on_nonrecursive_mutex:
      leave_stuck();
    case rl::test_result_livelock:
      give_up("the step limit was reached");
    case rl::test_result_unlocking_mutex_wo_ownership:
      fail(FailureKind::bad_unlock, "unlock of a mutex that the thread does not hold", pc);
    case rl::test_result_unitialized_access:
      fail(FailureKind::use_of_uninitialized, "load of an atomic before its first store", pc);
    default:
      refuse("unexpected verdict of Relacy: ", rl::test_result_str(what), "");
  }
}

}  // namespace heddle::relacy
