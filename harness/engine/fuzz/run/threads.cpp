// The life of a run, and of the threads in it.
#include <errno.h>

#include <algorithm>
#include <variant>

#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/fuzz/run/switch.h"

namespace heddle {

constinit Room<Run> g_run;

Run::Run(RunHost& host, void (*main)(FuzzThread&))
    : host_(host), main_(main), live_(host.live_schedule()) {
  host_fs_ = FsBase::get();
  host_thread_.id = kNoThread;
  host_thread_.fs_base = host_fs_;
}

void Run::begin_job(const Job& job, Strategy& strategy, EngineTables tables) {
  job_ = &job;
  strategy_ = &strategy;
  exhaustive_ = strategy.exploration().has_value();
  tables_ = tables;
  tracing_ = job.record_trace;
  known_.clear();
}

void Run::make_thread() {
  const RuntimeScope scope;
  const auto id = static_cast<ThreadId>(threads_.size());
  auto made = std::make_unique<FuzzThread>();
  made->id = id;
  made->fs_base = tls_.base(id);
  made->stack_begin = FiberStacks::begin(id);
  threads_.push_back(std::move(made));
}

void Run::expect(std::size_t threads) {
  if (threads == 0) return;
  // All of them at once, since each has to be waited for.
  tls_.base(static_cast<ThreadId>(threads - 1));
  while (threads_.size() < threads) {
    make_thread();
    FuzzThread& made = *threads_.back();
    made.stack_top = stacks_.top(made.id, FiberStacks::kSize);
    made.stack_size = made.stack_top == nullptr ? 0 : FiberStacks::kSize;
  }
}

FuzzThread* Run::add_thread(std::size_t stack_size, StackBounds given) {
  const auto id = static_cast<ThreadId>(used_threads_);
  if (used_threads_ == threads_.size()) [[unlikely]]
    make_thread();
  FuzzThread& thread = *threads_[used_threads_];
  if (thread.stack_size < stack_size) [[unlikely]] {
    const RuntimeScope scope;
    thread.stack_top = stacks_.top(id, stack_size);
    thread.stack_size = thread.stack_top == nullptr ? 0 : stack_size;
  }
  if (thread.fs_base == 0 || thread.stack_top == nullptr) return nullptr;
  ++used_threads_;
  thread.state = FuzzThread::State::ready;
  thread.detached = thread.joined = thread.timed_out = thread.sleeping = false;
  thread.step = 0;
  thread.caller_frame = 0;
  thread.epoch = Epoch(id, clock_base_ + 1);
  thread.has_release_fence = false;
  thread.acquire_fence.clear();
  thread.eager = false;
  thread.held = 0;
  thread.unlocks = 0;
  thread.pending_until = thread.eager_until = thread.due_steps = 0;
  thread.cond = nullptr;
  thread.wanted = nullptr;
  thread.in_wanters = false;
  thread.joiner = nullptr;
  thread.spins = 0;
  thread.idle_mark = ~std::uint64_t{0};
  if (thread.marked) thread.marks = {};
  thread.marked = false;
  thread.plain_writes.clear();
  thread.where.clear();
  thread.plain_writes.recent = 0;
  thread.destructors.clear();
  thread.key_values.clear();
  thread.op = {.kind = OpKind::thread_start};
  tls_.reset(id);
  // A pointer that an earlier run left there would hold what this run has leaked.
  if (job_->leaks) FiberStacks::clear(id);
  thread.given_stack = given;
  const StackBounds stack = thread.stack();
  thread.context = boost::context::detail::make_fcontext(reinterpret_cast<void*>(stack.end()),
                                                         stack.size, fiber_main);
  return &thread;
}

void Run::start(FuzzThread& thread) {
  FuzzThread& creator = *running_.thread;
  thread.past = Fingerprint::create(creator.past);
  thread.clock = creator.clock;
  thread.clock.set(thread.id, thread.epoch.time());
  tick();
  changed();
  answer_shared();
  ready_.add(thread);
}

void Run::begin_run(std::uint64_t number) {
  // All times of the run before lie below.
  for (std::size_t i = 0; i < used_threads_; ++i) {
    clock_base_ = std::max(clock_base_, threads_[i]->epoch.time());
  }
  // A portfolio's strategies differ in that.
  followed_ = strategy_->follows();
  watched_ = tracing_ || followed_ || done_log_ != nullptr;
  observed_ = tracing_ || followed_ || log_ != nullptr;
  watching_ = proves_for_follower_ = false;
  watch_at_ = next_look_ = kFirstWatch;
  yields_ = 0;
  unseen_ = {};
  CpuTicks::begin();
  used_threads_ = 0;
  ready_.clear();
  timers_.clear();
  // Not 0: every decision is to be made by decide_in_time().
  eager_timed_ = deadlines_ == Deadlines::after_all ? 1 : 0;
  late_wake_ = late_in_watch_ = false;
  clock_reader_ = kNoThread;
  overtaking_.clear();
  steps_before_ = 0;
  limit_ = job_->step_limit;
  running_.changes = 0;
  decisions_ = 0;
  for (const auto begin : upward_.begin) begin(clock_base_);
  fingerprint_.begin_run(!job_->replay);
  switch_reason_ = SwitchReason::none;
  if (live_.count != nullptr) live_.count->store(0, std::memory_order_relaxed);
  if (tracing_) recorder_.begin(job_->trace_all_stacks);
  decision_log_ = {};

  result_.run = number;
  result_.outcome = Passed{};
  result_.reports.clear();
  result_.known_reports.clear();
  result_.known_end.reset();
  result_.late_wake = false;
  result_.outside_choices = 0;
  result_.redundant = false;
  result_.cut = false;
  result_.stopped = true;
  result_.schedule.deviations.clear();
}

const RunResult& Run::execute(std::uint64_t number) {
  begin_run(number);
  FuzzThread* main_thread = add_thread();
  if (main_thread == nullptr) {
    result_.outcome = HarnessError{"no memory for the stack of the program's main thread"};
    return result_;
  }
  main_thread->past = Fingerprint::kMain;
  main_thread->clock.clear();
  main_thread->clock.set(0, main_thread->epoch.time());
  main_thread->body = main_;
  ready_.add(*main_thread);
  running_.thread = &host_thread_;
  g_engine_table = tables_.alone;
  resume(*main_thread);
  // Some thread has ended the run.
  g_engine_table = &passthrough_table();
  t_program_code = false;
  finish_result();
  return result_;
}

void Run::finish_result() {
  result_.steps = steps_before_;
  result_.decisions = decisions_;
  result_.threads = static_cast<std::uint32_t>(used_threads_);
  result_.fingerprint = 0;
  for (std::size_t i = 0; i < used_threads_; ++i) result_.fingerprint += threads_[i]->past;
  const bool news = !std::holds_alternative<Passed>(result_.outcome) || !result_.reports.empty();
  // Whoever wants to know whether it was an overtaking that made it fail executes it again, and so
  // does who wants its steps compared.
  const bool asked =
      (result_.known_end.has_value() && !overtaking_.empty()) || done_log_ != nullptr;
  if ((news || asked || job_->replay) && live_.count != nullptr) {
    const std::uint32_t count = std::min(live_.count->load(), live_.capacity);
    result_.schedule.deviations.assign(live_.entries, live_.entries + count);
  }
  if (!tracing_) return;
  for (ThreadId thread = 0; thread < used_threads_; ++thread) {
    recorder_.add_thread_locals(tls_.places(thread));
  }
  result_.trace = recorder_.take();
  decision_log_.events = recorder_.count();
  result_.log = std::move(decision_log_);
}

void Run::fiber_main(boost::context::detail::transfer_t from) {
  auto* previous = static_cast<FuzzThread*>(from.data);
  previous->context = from.fctx;
  FuzzThread& self = g_run->self();
  // Of the system thread whose block it has: an earlier run's.
  errno = 0;
  self.base_frame = address_of(__builtin_frame_address(0));
  self.body(self);
}

void Run::end_thread() {
  FuzzThread& self = *running_.thread;
  // Main too has ended, by pthread_exit().
  if (self.joiner == nullptr && is_last_thread()) upward_.last_end();
  ++running_.step;
  const Op op{.kind = OpKind::thread_exit};
  done(op);
  ready_.remove(self);
  self.state = FuzzThread::State::finished;
  if (self.joiner != nullptr) ready_.add(*self.joiner);
  switch_to(next_after_block(), SwitchReason::ended);
  __builtin_unreachable();
}

[[gnu::noinline]] void Run::end_well(bool main_returned) {
  upward_.good_end(main_returned);
  leave();
}

void Run::leave() {
  FuzzThread& self = *running_.thread;
  if (followed_) {
    const RuntimeScope scope;
    upward_.left_waiting(*strategy_);
  }
  self.epoch = running_.epoch;
  steps_before_ += running_.step - slice_begin_;
  result_.cut = std::any_of(ready_.begin(), ready_.end(),
                            [&](const ReadyThread& thread) { return thread.id != self.id; });
  // What runs next under this thread's block is the program again, whatever is left open here.
  t_program_code = true;
  if (self.fs_base != host_fs_) fs_.set(host_fs_);
  running_.thread = nullptr;
  boost::context::detail::jump_fcontext(host_thread_.context, &self);
  __builtin_unreachable();
}

}  // namespace heddle
