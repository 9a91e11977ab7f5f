#include "harness/engine/stress/stress_run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

#include <algorithm>
#include <boost/context/detail/fcontext.hpp>
#include <string>

#include "fuzz/random.h"
#include "harness/engine/native/motion_watch.h"
#include "harness/hooks/cleanup.h"
#include "harness/hooks/exit_functions.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"

namespace heddle::stress {

constinit thread_local ProgramThread* t_self = nullptr;

Run g_run;

namespace {

using native::Life;

// Threads that begin together: long enough for a sleeping thread to be woken on another processor,
// short enough not to matter where there is no other processor.
constexpr std::uint64_t kMeetingNs = 40'000;

// Waking a thread on a processor that is free takes about this long.
constexpr std::uint64_t kSpinForPartnerNs = 4'000;

// A thread that has not come to its end or its next hook yet is about to, in most runs.
constexpr std::uint64_t kSpinForEndNs = 3'000;

// Alternate stacks: a handler on the program's stack would fault again after a stack overflow.
constexpr std::size_t kSignalStack = std::size_t{64} << 10;

std::uint64_t in_ticks(std::uint64_t ns, double ratio) {
  return static_cast<std::uint64_t>(static_cast<double>(ns) * ratio);
}

void use_signal_stack() {
  void* memory = mmap(nullptr, kSignalStack, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;  // only the report of a stack overflow is lost
  const stack_t stack{.ss_sp = memory, .ss_flags = 0, .ss_size = kSignalStack};
  sigaltstack(&stack, nullptr);
}

// Destructors of thread_local objects, last constructed first, including what they register.
void run_destructors(ProgramThread& self) {
  while (self.destructor_count > 0) {
    const Destructor destructor = self.destructors[--self.destructor_count];
    destructor.function(destructor.object);
  }
}

}  // namespace

int stop_signal() {
  return native::sampling_signal();
}

Start draw_start(const DelayPlan& plan, std::uint64_t seed, std::uint64_t run) {
  if (plan.shape == DelayShape::none) return Start::at_once;
  // A stream that no thread's delays are drawn from.
  const std::uint64_t drawn = Random(seed, run, ~std::uint64_t{0}).below(4);
  if (drawn < 2) return Start::together;
  return drawn == 2 ? Start::with_creator : Start::at_once;
}

void Run::prepare(const Job& job) {
  plan_ = job.delay;
  seed_ = job.seed;
  ratio_ = native::ticks_per_ns();
  // Before the first run: those of a worker's earlier jobs have changed main's.
  if (!locals_.has_value()) locals_.emplace();
  closing_ = false;
}

void Run::begin(std::uint64_t run, ProgramThread& main) {
  number_ = run;
  start_ = draw_start(plan_, seed_, run);
  stop_.store(false, std::memory_order_relaxed);
  end.reset();
  verdict.reset();
  notifications.reset();
  gated_count_.store(0, std::memory_order_relaxed);
  meetings_used_ = 0;
  end_awaited_.store(false, std::memory_order_relaxed);

  main.slot.reset();
  main.slot.tid.store(native::thread_id(), std::memory_order_relaxed);
  main.handle = pthread_self();
  main.slot.handle.store(main.handle, std::memory_order_relaxed);
  main.slot.life.store(Life::running, std::memory_order_relaxed);
  main.id = 0;
  main.delays.emplace(plan_, seed_, run, 0, ratio_);
  main.gate_budget = 0;
  main.blocking = false;
  main.destructor_count = 0;
  keys.begin_run();
  main.finished = 0;
  main.detached = false;
  main.joined = false;
  threads_[0] = &main;
  slots_[0] = &main.slot;
  count_.store(1, std::memory_order_release);
  locals_->reset_main();
  native::forget_exceptions();
}

std::uint32_t Run::thread_count() const {
  return count_.load(std::memory_order_acquire);
}

std::uint64_t Run::sum(std::atomic<std::uint64_t> native::ThreadSlot::*counter) const {
  std::uint64_t total = 0;
  for (const native::ThreadSlot* slot : slots()) {
    total += (slot->*counter).load(std::memory_order_relaxed);
  }
  return total;
}

void Run::lock() {
  while (lock_.exchange(true, std::memory_order_acquire)) native::yield_processor();
}

ProgramThread* Run::take_parked(std::size_t stack_size) {
  const std::uint32_t id = count_.load(std::memory_order_relaxed);
  if (id >= kMaxThreads) return nullptr;
  const bool known = id - 1 < pool_.size();
  if (known && pool_[id - 1]->stack_size >= stack_size && !pool_[id - 1]->dismissed.load()) {
    return pool_[id - 1].get();
  }
  const RuntimeScope scope;
  auto thread = std::make_unique<ProgramThread>();
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_getstacksize(&attributes, &thread->stack_size);
  thread->stack_size = std::max(thread->stack_size, stack_size);
  pthread_attr_setstacksize(&attributes, thread->stack_size);
  const int error = real().pthread_create(&thread->handle, &attributes, park, thread.get());
  pthread_attr_destroy(&attributes);
  if (error != 0) return nullptr;
  // The kernel's number is what the monitor and the stop signal know it by.
  while (thread->slot.tid.load(std::memory_order_acquire) == 0) native::yield_processor();
  if (!known) {
    pool_.push_back(std::move(thread));
    return pool_.back().get();
  }
  // One with too small a stack goes, or that was cancelled.
  pool_[id - 1]->dismissed.store(true, std::memory_order_release);
  hand_over(*pool_[id - 1]);
  real().pthread_join(pool_[id - 1]->handle, nullptr);
  pool_[id - 1] = std::move(thread);
  return pool_[id - 1].get();
}

Rendezvous* Run::new_rendezvous(std::uint32_t size) {
  if (meetings_used_ == meetings_.size()) return nullptr;
  Rendezvous& meeting = meetings_[meetings_used_++];
  meeting.size.store(size, std::memory_order_relaxed);
  meeting.arrived.store(0, std::memory_order_release);
  return &meeting;
}

void Run::meet(Rendezvous& rendezvous) {
  rendezvous.arrived.fetch_add(1, std::memory_order_acq_rel);
  const std::uint64_t begin = native::ticks();
  const std::uint64_t limit = in_ticks(kMeetingNs, ratio_);
  const std::uint64_t patience = in_ticks(kSpinForPartnerNs, ratio_);
  while (rendezvous.arrived.load(std::memory_order_acquire) <
             rendezvous.size.load(std::memory_order_relaxed) &&
         native::ticks() - begin < limit) {
    // A partner that waits for this very processor would never come while this thread spins.
    if (native::ticks() - begin < patience) {
      native::relax();
    } else {
      native::yield_processor();
    }
  }
}

void Run::hand_over(ProgramThread& thread) {
  thread.work.fetch_add(1, std::memory_order_release);
  native::futex_wake(thread.work, 1);
}

int Run::create(ProgramThread& creator, pthread_t* handle, void* (*start)(void*), void* argument,
                std::size_t stack_size, StackBounds given_stack, bool detached) {
  lock();
  ProgramThread* thread = take_parked(stack_size);
  if (thread == nullptr) {
    unlock();
    const RuntimeScope scope;
    if (end.claim()) {
      verdict = GaveUp{"a run created more than " + std::to_string(kMaxThreads) +
                       " threads, or the system has no more"};
      end.give();
    }
    request_stop();
    leave(creator, kStopped);
  }
  const std::uint32_t id = count_.load(std::memory_order_relaxed);
  const std::int32_t tid = thread->slot.tid.load(std::memory_order_relaxed);
  thread->slot.reset();
  thread->slot.tid.store(tid, std::memory_order_relaxed);
  thread->slot.handle.store(thread->handle, std::memory_order_relaxed);
  thread->slot.life.store(Life::created, std::memory_order_relaxed);
  thread->id = id;
  thread->delays.emplace(plan_, seed_, number_, id, ratio_);
  thread->gate_budget = 0;
  thread->blocking = false;
  thread->destructor_count = 0;
  thread->start = start;
  thread->argument = argument;
  thread->given_stack = given_stack;
  thread->result = nullptr;
  thread->rendezvous = nullptr;
  thread->detached = detached;
  thread->joined = false;
  thread->finished = 0;
  thread->cancel = Cancel::possible;
  alive_.fetch_add(1, std::memory_order_relaxed);
  threads_[id] = thread;
  slots_[id] = &thread->slot;
  count_.store(id + 1, std::memory_order_release);
  *handle = thread->handle;

  switch (start_) {
    case Start::at_once:
      hand_over(*thread);
      unlock();
      break;
    case Start::with_creator: {
      Rendezvous* meeting = new_rendezvous(2);
      thread->rendezvous = meeting;
      hand_over(*thread);
      unlock();
      if (meeting != nullptr) meet(*meeting);
      break;
    }
    case Start::together: {
      const std::uint32_t at = gated_count_.load(std::memory_order_relaxed);
      gated_[at] = thread;
      gated_count_.store(at + 1, std::memory_order_relaxed);
      // Enough steps to create the next thread, which is what most programs do next. Drawn anew at
      // each creation, so that what the creator itself does next may fall before or after.
      creator.gate_budget =
          1 + static_cast<std::uint32_t>(Random(seed_, number_, ~std::uint64_t{id}).below(256));
      unlock();
      break;
    }
  }
  return 0;
}

void Run::open_gate() {
  if (gated_count_.load(std::memory_order_relaxed) == 0) return;
  lock();
  const std::uint32_t count = gated_count_.load(std::memory_order_relaxed);
  Rendezvous* meeting = count > 1 ? new_rendezvous(count) : nullptr;
  for (std::uint32_t i = 0; i < count; ++i) {
    gated_[i]->rendezvous = meeting;
    hand_over(*gated_[i]);
  }
  gated_count_.store(0, std::memory_order_relaxed);
  unlock();
}

std::optional<StackBounds> Run::find_given_stack(pthread_t handle) {
  const ProgramThread* const thread = g_run.find(handle);
  if (thread == nullptr || thread->given_stack.size == 0) return std::nullopt;
  return thread->given_stack;
}

ProgramThread* Run::find(pthread_t handle) {
  const std::uint32_t count = thread_count();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (threads_[i]->handle == handle) return threads_[i];
  }
  return nullptr;
}

void* Run::park(void* argument) {
  auto& self = *static_cast<ProgramThread*>(argument);
  use_signal_stack();
  self.slot.tid.store(native::thread_id(), std::memory_order_release);
  for (std::uint32_t seen = 0;; ++seen) {
    while (self.work.load(std::memory_order_acquire) == seen) native::futex_wait(self.work, seen);
    // Without what the C library would do first: destructors of what libraries have left in this
    // thread for longer than a run would be called, when their memory has been put back.
    if (g_run.closing_.load(std::memory_order_acquire)) native::system_call(SYS_exit, 0);
    if (self.dismissed.load()) return nullptr;
    g_run.work(self);
    if (self.dismissed.load()) return nullptr;
  }
}

namespace {

// Whether the calling thread holds a robust mutex: the kernel keeps the list.
bool holds_robust_mutex() {
  robust_list_head* head = nullptr;
  std::size_t size = 0;
  const long error = native::system_call(SYS_get_robust_list, 0, native::as_argument(&head),
                                         native::as_argument(&size));
  return error == 0 && head != nullptr && head->list.next != &head->list;
}

// Of a thread that the C library cancels: it unwinds the stack, and nothing behind it is reached.
class AtUnwinding {
 public:
  using Function = void (*)(ProgramThread&);
  AtUnwinding(ProgramThread& thread, Function function) : thread_(&thread), function_(function) {}
  AtUnwinding(const AtUnwinding&) = delete;
  AtUnwinding& operator=(const AtUnwinding&) = delete;
  ~AtUnwinding() {
    if (thread_ != nullptr) function_(*thread_);
  }
  void forget() { thread_ = nullptr; }

 private:
  ProgramThread* thread_;
  Function function_;
};

// In a frame of its own: the program's unwinding (pthread_exit) ends at this one, before it would
// run what its caller has to do at a cancellation. The two did the thread's end twice.
[[gnu::noinline]] void execute_program(ProgramThread& self) {
  self.base_frame = reinterpret_cast<Address>(__builtin_frame_address(0));
  self.result = self.start(self.argument);
}

// The thread itself stays on its own, which is there for longer than the run.
[[gnu::noinline]] void execute_on_given_stack(ProgramThread& self) {
  namespace context = boost::context::detail;
  const auto execute = [](context::transfer_t from) {
    execute_program(*static_cast<ProgramThread*>(from.data));
    context::jump_fcontext(from.fctx, nullptr);
  };
  const StackBounds& stack = self.given_stack;
  context::jump_fcontext(
      context::make_fcontext(reinterpret_cast<void*>(stack.end()), stack.size, execute), &self);
}

}  // namespace

void Run::work(ProgramThread& self) {
  AtUnwinding cancelled(self, [](ProgramThread& thread) {
    thread.result = PTHREAD_CANCELED;
    g_run.end_thread(thread, true);
  });
  locals_->reset_new_thread();
  native::forget_exceptions();
  errno = 0;
  if (self.rendezvous != nullptr) meet(*self.rendezvous);
  _pthread_cleanup_push(
      &self.bottom, [](void*) {}, nullptr);
  const int code = sigsetjmp(self.leave, 0);
  if (code == 0) {
    self.slot.life.store(Life::running, std::memory_order_release);
    t_self = &self;
    t_program_code = true;
    if (stopping()) leave(self, kStopped);
    self.given_stack.size == 0 ? execute_program(self) : execute_on_given_stack(self);
    // Of a process that was forked from here this is the only thread.
    if (is_child_) end_child(0);
  }
  _pthread_cleanup_pop(&self.bottom, 0);
  cancelled.forget();
  end_thread(self, code != kStopped);
}

void Run::end_thread(ProgramThread& self, bool by_itself) {
  if (by_itself) {
    run_destructors(self);
    keys.run_destructors(self.key_values);
  }
  t_program_code = false;
  t_self = nullptr;
  self.blocking.store(false, std::memory_order_relaxed);
  // One that was asked to be cancelled may be so at any time from now on: it serves no other run.
  Cancel possible = Cancel::possible;
  if (!self.cancel.compare_exchange_strong(possible, Cancel::too_late)) self.dismissed = true;
  // Its owner has to die for another thread to be told so.
  if (holds_robust_mutex()) self.dismissed = true;
  self.slot.life.store(Life::ended, std::memory_order_release);
  if (self.finished.exchange(2, std::memory_order_acq_rel) == 1) {
    native::futex_wake(self.finished, static_cast<int>(kMaxThreads));
  }
  // Sequentially consistent, as in wait_for_end(): one of the two sees the other.
  if (alive_.fetch_sub(1) == 1 && end_awaited_.load()) native::futex_wake(alive_, 1);
}

bool Run::would_join(pthread_t handle) {
  const ProgramThread* const thread = find(handle);
  // With an error, where there is nobody to be waited for.
  return thread == nullptr || thread == t_self || thread->joined.load() ||
         thread->detached.load() || thread->finished.load(std::memory_order_acquire) == 2;
}

int Run::cancel(pthread_t handle) {
  ProgramThread* const thread = find(handle);
  if (thread == nullptr || thread->joined.load()) return ESRCH;
  // The C library cannot unwind a stack that it has not given the thread.
  const bool has_given_stack = thread->given_stack.size != 0;
  if (thread->id == 0 || has_given_stack) {
    const RuntimeScope scope;
    if (end.claim()) {
      verdict = GaveUp{
          has_given_stack ? "pthread_cancel() of a thread with a stack from pthread_attr_setstack()"
                          : "pthread_cancel() of the thread that runs main",
          {}};
      end.give();
    }
    request_stop();
    leave(*t_self, kStopped);
  }
  Cancel possible = Cancel::possible;
  if (!thread->cancel.compare_exchange_strong(possible, Cancel::asked)) return 0;
  return real().pthread_cancel(handle);
}

bool Run::wait_for_end(std::uint64_t ns, bool stop) {
  const std::uint64_t begin_ticks = native::ticks();
  while (!all_ended() && native::ticks() - begin_ticks < in_ticks(kSpinForEndNs, ratio_)) {
    native::relax();
  }
  if (all_ended()) return true;
  end_awaited_.store(true);
  const std::uint64_t begin = native::monotonic_ns();
  for (;;) {
    const std::uint32_t alive = alive_.load();
    if (alive == 0) return true;
    const std::uint64_t waited = native::monotonic_ns() - begin;
    if (waited >= ns) return false;
    // A signal that came just before its thread fell asleep is lost: say it again.
    if (stop) request_stop();
    native::futex_wait(alive_, alive, 1'000'000);
  }
}

void Run::close() {
  closing_.store(true, std::memory_order_release);
  for (const auto& thread : pool_) hand_over(*thread);
  for (const auto& thread : pool_) real().pthread_join(thread->handle, nullptr);
  pool_.clear();
}

void Run::request_stop() {
  stop_.store(true);
  open_gate();
  const std::uint32_t count = thread_count();
  for (std::uint32_t i = 0; i < count; ++i) {
    const ProgramThread& thread = *threads_[i];
    if (&thread == t_self || !thread.blocking.load()) continue;
    native::system_call(SYS_tgkill, native::process_id(), thread.slot.tid.load(), stop_signal());
  }
}

Outcome Run::outcome() const {
  // The winner is writing: a matter of nanoseconds.
  while (end.state.load() == native::EndRecord::kBeingWritten) native::yield_processor();
  if (end.state.load() == native::EndRecord::kPassed) return Passed{};
  if (!end.written()) return HarnessError{"a run ended and no thread said how"};
  return verdict ? *verdict : Outcome{to_failed(end)};
}

namespace {

// Where a handler of the program's is left, the signal that it is for is still blocked. The next
// run of the thread would be killed by a fault, whatever handler there is.
void let_faults_in() {
  constexpr auto bit = [](int signal) { return std::uint64_t{1} << (signal - 1); };
  constexpr std::uint64_t kFaults =
      bit(SIGSEGV) | bit(SIGBUS) | bit(SIGFPE) | bit(SIGILL) | bit(SIGTRAP);
  native::system_call(SYS_rt_sigprocmask, SIG_UNBLOCK, native::as_argument(&kFaults), 0,
                      sizeof kFaults);
}

}  // namespace

void Run::leave(ProgramThread& self, LeaveCode code) {
  let_faults_in();
  t_program_code = false;
  t_self = nullptr;
  _pthread_cleanup_pop(&self.bottom, 0);
  longjmp(self.leave, code);
}

void Run::end_child(int status) {
  exit_functions::run_all(status);
  fflush(nullptr);
  native::end_process(status);
}

void Run::fail(ProgramThread& self, FailureKind kind, Address pc, const char* message) {
  end.write(kind, self.id, pc, &self.slot, message);
  request_stop();
  leave(self, kStopped);
}

void Run::finish(ProgramThread& self, int status, Address pc) {
  run_destructors(self);
  exit_functions::run_all(status);
  finish_at_once(self, status, pc);
}

void Run::finish_at_once(ProgramThread& self, int status, Address pc) {
  // As the shell sees it: the lowest eight bits.
  if ((status & 0xff) == 0) {
    end.pass();
  } else {
    native::MessageBuffer message;
    message.add("exit status ").add(std::int64_t{status & 0xff});
    end.write(FailureKind::exit_status, self.id, pc, &self.slot, message.c_str());
  }
  request_stop();
  leave(self, kStopped);
}

}  // namespace heddle::stress
