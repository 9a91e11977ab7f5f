// Logical threads as fibers, their synchronisation, and the points at which a strategy decides.
#pragma once

#include <pthread.h>
#include <unwind.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "fuzz/strategy/strategy.h"
#include "harness/engine/call_stack.h"
#include "harness/engine/engine.h"
#include "harness/engine/fiber/fiber.h"
#include "harness/engine/fiber/tls_lender.h"
#include "harness/engine/fuzz/fingerprint.h"
#include "harness/engine/fuzz/leaks.h"
#include "harness/engine/fuzz/race_detector.h"
#include "harness/engine/fuzz/racy_set.h"
#include "harness/engine/fuzz/shadow.h"
#include "harness/engine/fuzz/sync_object.h"
#include "harness/engine/fuzz/trace_recorder.h"
#include "harness/engine/thread_keys.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/program_heap.h"

namespace heddle {

// What a thread that is about to take a synchronisation object needs of it.
enum class Want : std::uint8_t {
  exclusive,   // nobody has it
  shared,      // nobody has it exclusively
  unit,        // a semaphore above zero
  next_round,  // a barrier that has let its round go
};

struct FuzzThread {
  enum class State : std::uint8_t { ready, blocked, finished };

  ThreadId id = 0;
  State state = State::ready;
  bool detached = false;
  bool joined = false;
  bool timed_out = false;
  bool sleeping = false;  // in Scheduler::timers_
  // It waits, but may go on any time, by its own choice: a spurious wake-up, or an early timeout.
  bool eager = false;
  FiberContext context = nullptr;
  Address fs_base = 0;        // 0 if the system had none to give
  void* stack_top = nullptr;  // likewise
  std::uint64_t step = 0;     // while it does not run; else Scheduler's
  Epoch epoch;                // likewise
  VectorClock clock;
  // Fences (C++20 [atomics.fences]): what a release fence published to the relaxed stores after
  // it, and what relaxed loads have seen for an acquire fence to take in.
  bool has_release_fence = false;
  VectorClock release_fence;
  VectorClock acquire_fence;
  std::uint64_t past = 0;  // see Fingerprint

  Op op;                         // what it is about to do, waits for or last did
  SyncObject* cond = nullptr;    // waits for a notification of this
  SyncObject* wanted = nullptr;  // needs this, or will after the notification
  Want want = Want::exclusive;
  std::uint32_t want_round = 0;       // next_round: the one it waits out; futex: the value seen
  FuzzThread* next_wanter = nullptr;  // in SyncObject::wanters
  bool in_wanters = false;
  FuzzThread* next_waiter = nullptr;  // in SyncObject::first_waiter
  FuzzThread* joiner = nullptr;
  std::uint64_t wake_time = 0;  // virtual nanoseconds
  std::uint32_t spins = 0;      // operations in a row that changed nothing
  // Operations since the program last changed anything, and what Running::changes was then.
  std::uint64_t idle_ops = 0;
  std::uint64_t idle_mark = 0;
  std::uint64_t idle_plain = 0;          // plain accesses, likewise
  std::uint32_t clock_reads = 0;         // likewise
  std::array<Address, 8> idle_places{};  // what and where the operations were, hashed

  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  void* result = nullptr;
  struct Destructor {
    void (*function)(void*);
    void* object;
  };
  std::vector<Destructor> destructors;  // of thread_local objects
  ThreadKeys::Values key_values;
  Address base_frame = 0;            // of the frame that called its start routine
  _Unwind_Exception unwinding = {};  // of pthread_exit()
};

// What of the running thread the hooks need at every access, in one cache line.
struct Running {
  std::uint64_t step = 0;       // its own count, from 1
  std::uint64_t stop_step = 0;  // where slow checks are due
  Epoch epoch;
  FuzzThread* thread = nullptr;
  std::uint64_t changes = 0;  // what any thread did that others can see
  Address native_pc = 0;      // while Heddle touches the program's memory on its behalf: where from
};

// One step of a run, as the check that it can be repeated compares it.
struct LoggedStep {
  ThreadId thread;
  OpKind kind;
  Address address;
  Address pc;

  friend bool operator==(const LoggedStep&, const LoggedStep&) = default;
};

// What the hooks call in this job.
struct EngineTables {
  const EngineTable* alone;   // while main is the only thread
  const EngineTable* shared;  // otherwise
};

class Scheduler {
 public:
  explicit Scheduler(RunHost& host);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void begin_job(const Job& job, Strategy& strategy, EngineTables tables);
  // Executes one run on the calling thread. The result is valid until the next.
  const RunResult& run(std::uint64_t number);

  // Executes the run twice more for comparison; the strategy begins it each time by `begin`. What
  // is seen of failures is forgotten. Returns how they differ.
  template <typename Begin>
  std::optional<Divergence> compare(std::uint64_t number, Begin begin) {
    const std::size_t known = known_.size();
    std::vector<LoggedStep> logs[2];
    for (auto& log : logs) {
      begin();
      log_ = &log;
      run(number);
      log_ = nullptr;
    }
    known_.resize(known);
    return first_difference(number, logs[0], logs[1]);
  }

  // ---- called by hooks, in the program's threads
  // -------------------------------------------------

  template <bool kReplay, bool kWrite>
  void access(Address address, unsigned size, Address pc);
  // The same while main is the only thread. What it does then comes after all that was done before
  // and before all that other threads will do: it cannot race, and nobody else could go first.
  void access_alone() {
    if (++running_.step >= running_.stop_step) [[unlikely]]
      check_limits();
  }

  // These return what the C library's functions of the same work return.
  int lock(pthread_mutex_t* mutex, Address pc);
  bool try_lock(pthread_mutex_t* mutex, Address pc);
  int timed_lock(pthread_mutex_t* mutex, std::uint64_t deadline, Address pc);
  int unlock(pthread_mutex_t* mutex, Address pc);
  void destroy(Address address, Address pc);
  int sync_call(const SyncCall& call, Address pc);
  // `deadline`: virtual nanoseconds, 0 for none. Returns false if the time was up.
  bool wait(Address cond, pthread_mutex_t* mutex, std::uint64_t deadline, Address pc);
  void notify(Address cond, bool all, Address pc);

  std::uint64_t atomic_load(Address address, unsigned size, MemoryOrder order, Address pc);
  void atomic_store(Address address, unsigned size, std::uint64_t value, MemoryOrder order,
                    Address pc);
  std::uint64_t atomic_rmw(Address address, unsigned size, RmwKind kind, std::uint64_t operand,
                           MemoryOrder order, Address pc);
  bool atomic_cas(Address address, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                  MemoryOrder success, MemoryOrder failure, bool weak, Address pc);
  void atomic_wide(Address address, OpKind kind, MemoryOrder order, Address pc);
  void fence(MemoryOrder order, Address pc);
  void annotate(Address address, bool release);

  int create(pthread_t* handle, const pthread_attr_t* attributes, void* (*start)(void*),
             void* argument, Address pc);
  int join(pthread_t handle, void** result, Address pc);
  int detach(pthread_t handle);
  void at_thread_exit(void (*function)(void*), void* object);
  // Thread-specific data: keys of this run.
  int create_key(pthread_key_t* key, void (*destructor)(void*));
  int delete_key(pthread_key_t key);
  int set_key(pthread_key_t key, void* value);
  void* get_key(pthread_key_t key) const;

  void heap_free(Address block, std::size_t size, Address pc);
  [[noreturn]] void double_free(Address block, Address pc);
  [[noreturn]] void unsupported(const char* function);
  [[noreturn]] void exit_thread(void* result);

  void yield(Address pc);
  void sleep(std::uint64_t nanoseconds, Address pc);
  // Virtual nanoseconds. Time passes here for a thread that does nothing but wait for it.
  std::uint64_t read_clock();

  [[noreturn]] void exit_process(int status, Address pc);
  // The run ends here with this failure, the calling thread in first place.
  [[noreturn]] void fail(FailureKind kind, std::string message, Address pc);
  [[noreturn]] void fail_assertion(const char* expression, Address pc);
  // abort(), perhaps because of an exception that nobody caught.
  [[noreturn]] void abort(Address pc);
  // A fatal signal, on the signal stack. Does not return if it can be told from where it came.
  void on_signal(int number, Address pc, Address address);

  // The run before has shown places that race and were not known to when its job began.
  bool has_learned() const { return racy_.has_learned(); }
  // Later runs of the job know them.
  void keep_learned() { racy_.keep(); }

  // A heap block of the program, where Job::leaks asks what becomes of it.
  void allocated(Address block);

  bool running() const { return running_.thread != nullptr; }
  void forget(Address begin, std::size_t size) { races_.forget(shadow_, begin, size); }

 private:
  static void fiber_main(boost::context::detail::transfer_t from);
  [[noreturn]] void thread_main(FuzzThread& self);
  [[noreturn]] void finish_thread();
  [[noreturn]] void leave_run();
  // Tells the strategy who waits for what at the end of the run.
  void tell_waiting();

  // nullptr if the system has no stack or thread-local storage for another.
  FuzzThread* add_thread();
  static std::optional<Divergence> first_difference(std::uint64_t run,
                                                    const std::vector<LoggedStep>& first,
                                                    const std::vector<LoggedStep>& second);
  void log_step();
  void begin_run(std::uint64_t number);
  void finish_result();

  // Says what the running thread does next. In place: a copy would be read before it is written.
  Op& begin_op(const Op& op) { return running_.thread->op = op; }
  // The running thread comes to its `op`: another may go first.
  void point();
  // The same as a step of its own.
  void arrive() {
    ++running_.step;
    if (running_.step >= running_.stop_step) check_limits();
    point();
  }
  // The running thread cannot do its `op` yet: another goes. Returns when it was made ready and
  // picked.
  void block();
  // With every thread asked, also where there is but one: for strategies that follow().
  bool alone() const { return ready_.size() == 1 && !followed_; }
  [[gnu::noinline]] std::size_t pick_followed(const SchedulingPoint& point);
  void tell_woken(FuzzThread& thread) {
    // Who waited but could have gone on any time did not need it: what it does next could as well
    // have come before.
    if (thread.eager) return;
    Fingerprint::wake(thread.past, running_.thread->past);
    if (!followed_) [[likely]]
      return;
    const RuntimeScope scope;
    strategy_->woke(thread.id);
  }
  [[gnu::always_inline]] std::size_t decide(std::size_t fallback, bool is_running);
  std::uint32_t choose(Choice what, std::uint32_t n);
  FuzzThread& next_after_block();
  [[gnu::always_inline]] void switch_to(FuzzThread& next, SwitchReason why);
  [[gnu::always_inline]] void resume(FuzzThread& next);
  // How many more steps the running thread may take, after `steps` of all, before check_limits().
  [[gnu::always_inline]] std::uint64_t steps_to_check(std::uint64_t steps) const;
  void check_limits();
  bool fire_timer();
  // The running thread's operation changed something that another thread may wait for, or not.
  void changed() {
    running_.thread->spins = 0;
    ++running_.changes;
  }
  void idle();
  void progress(bool changes) { changes ? changed() : idle(); }
  // The running thread's slice was of plain accesses that changed nothing.
  void idle_slice();
  void restart_idle(FuzzThread& thread) const;
  bool all_idle() const;
  [[noreturn]] void livelock();
  [[noreturn]] void give_up(std::string reason);

  void enable(FuzzThread& thread);
  void disable(FuzzThread& thread);
  std::size_t ready_index(ThreadId id) const;
  static bool available(const SyncObject& object, const FuzzThread& thread);
  // The object is not as it was: who can go on now, and who no longer?
  void refresh(SyncObject& object);
  void begin_want(FuzzThread& thread, SyncObject& object, Want want);
  void end_want(FuzzThread& thread);
  // The running thread's op needs `object` to be available in this way; `deadline` as in wait().
  // Returns whether it is; the caller takes it, before any other thread can.
  bool obtain(SyncObject& object, Want want, std::uint64_t deadline);
  void take(SyncObject& object, const Op& op);
  void release(SyncObject& object);
  // Waits until `deadline`, if not 0; by the strategy's choice, for as long as others leave it.
  // `spuriously`: it may end without a reason too. Returns whether it ended by a choice.
  bool wait_for_others(std::uint64_t deadline, bool spuriously);
  // Others first, for as long as they leave it; it stays ready.
  void wait_eagerly();
  void begin_timer(FuzzThread& thread, std::uint64_t deadline);
  void end_timer(FuzzThread& thread);
  void add_waiter(SyncObject& cond, FuzzThread& waiter);
  void remove_waiter(SyncObject& cond, FuzzThread& waiter);
  void wake(SyncObject& cond, FuzzThread& waiter);
  std::uint32_t wake_some(SyncObject& cond, std::uint32_t count);

  // The running thread tried to take what is taken.
  int refused(Op& op);
  // It waited for that until its time was up.
  int timed_out(Op& op);
  int read_lock(const SyncCall& call, Address pc);
  int write_lock(const SyncCall& call, Address pc);
  int rwlock_unlock(const SyncCall& call, Address pc);
  int spin_lock(const SyncCall& call, Address pc);
  int spin_unlock(const SyncCall& call, Address pc);
  int sem_wait(const SyncCall& call, Address pc);
  int sem_post(const SyncCall& call, Address pc);
  int barrier_wait(const SyncCall& call, Address pc);
  int once_begin(const SyncCall& call, Address pc);
  int once_end(const SyncCall& call, Address pc);
  int futex_wait(const SyncCall& call, Address pc);
  int futex_wake(const SyncCall& call, Address pc);
  [[noreturn]] void bad_unlock(const Op& op, const SyncObject& object, const char* what);
  [[noreturn]] void self_deadlock(const Op& op, const Op& taken, const char* what);

  // The object at this address, made if there is none yet.
  SyncObject& sync_at(Address address, Address pc);
  bool is_freed(const ShadowCell* cell) const {
    return cell->sync == kFreedMemory && races_.alive(cell->history.write);
  }
  [[noreturn]] void use_after_free(const ShadowCell* cell, const Op& op);

  void acquire(const VectorClock& clock) { running_.thread->clock.join(clock); }
  void tick();
  SyncObject& atomic_object(Address address, unsigned size, bool writes, MemoryOrder order,
                            Address pc);
  void atomic_acquire(SyncObject& object, MemoryOrder order);
  void atomic_release(SyncObject& object, MemoryOrder order, bool continues);

  template <bool kReplay, bool kWrite>
  [[gnu::noinline]] void access_point(Address address, unsigned size, Address pc);
  template <bool kWrite>
  void check_access(Address address, unsigned size, Address pc);
  template <bool kWrite>
  [[gnu::noinline]] void record_access(ShadowCell* cell, std::uint8_t mask, Address address,
                                       Address pc);
  template <bool kWrite>
  [[gnu::noinline]] void record_first_access(std::uint8_t mask, Address address, Address pc);
  template <bool kWrite>
  [[gnu::noinline]] void record_access_slow(ShadowCell* cell, std::uint8_t mask, Address address,
                                            Address pc);
  void check_access_slow(bool write, Address address, unsigned size, Address pc);
  // The access `op` of the running thread races with an earlier one.
  void on_race(const Race& race, const Op& op);
  // The run ends with that race, in full in the result or `known`.
  [[noreturn]] void end_at_race(const Op& op, std::optional<std::uint64_t> known);
  [[noreturn]] void deadlock();
  // The program has ended; main's own frames are gone if it has returned.
  [[gnu::noinline]] void report_leaks(bool main_returned);
  void add_thread_roots(bool main_returned, std::vector<MemoryRange>& roots);
  void describe_wait(const FuzzThread& thread, Place& place, std::vector<Place>& more) const;
  void end(Failed failure);
  // Where each thread in this state is. `code_only`: not what it does, since a thread amid plain
  // accesses keeps no operation of them.
  void capture(FuzzThread::State state, std::vector<Place>& places, bool code_only = false);
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
  // The same of what no trace shows.
  void done_unseen(const Op& op) {
    fingerprint_.executed(running_.thread->past, op);
    tell(op, true);
  }
  void tell(const Op& op, bool changed);
  void note(const Op& op, std::optional<std::uint64_t> value,
            std::optional<std::uint64_t> old_value, bool changed);
  std::uint64_t steps_of_all() const { return steps_before_ + running_.step - slice_begin_; }
  bool in_traced_part() const {
    return steps_of_all() >= job_->trace_from && steps_of_all() <= job_->trace_until;
  }
  void record(const Op& op, std::optional<std::uint64_t> value,
              std::optional<std::uint64_t> old_value);
  Place here(const Op& op);

  RunHost& host_;
  const Job* job_ = nullptr;
  Strategy* strategy_ = nullptr;
  LiveSchedule live_;

  Running running_;
  std::vector<ReadyThread> ready_;  // ascending by id; the running thread among them
  std::vector<std::unique_ptr<FuzzThread>> threads_;  // index: id; reused from run to run
  std::size_t used_threads_ = 0;
  EngineTables tables_ = {};
  std::vector<FuzzThread*> timers_;
  std::uint64_t clock_base_ = 0;     // times of earlier runs end here
  std::uint64_t steps_before_ = 0;   // of all threads up to the last switch
  std::uint64_t slice_begin_ = 0;    // the running thread's step at that switch
  std::uint64_t slice_changes_ = 0;  // Running::changes at the slice's begin

  Shadow shadow_;
  RaceDetector races_;
  SyncTable sync_;
  RacySet racy_;
  Fingerprint fingerprint_;
  std::vector<std::uint64_t> run_races_;  // pairs of code addresses seen in this run, hashed
  struct KnownFailure {
    std::uint64_t cheap;  // a hash of what is at hand without describing the failure
    std::uint64_t key;    // failure_key() of its description
  };
  std::vector<KnownFailure> known_;  // described in this job
  const KnownFailure* find_known(std::uint64_t cheap) const;

  FiberStacks stacks_;
  TlsLender tls_;
  FsBase fs_;
  Address host_fs_ = 0;
  FuzzThread host_thread_;  // the worker's own context; not a thread of the program
  ProgramCode code_;
  TraceRecorder recorder_;
  bool tracing_ = false;
  bool followed_ = false;  // by the strategy
  bool watched_ = false;   // by either
  SwitchReason switch_reason_ = SwitchReason::none;

  // Set while a blocked thread is resumed only to say where it is.
  std::vector<Address>* capture_into_ = nullptr;

  // Longer runs are compared up to here only.
  static constexpr std::size_t kLoggedSteps = 100'000;
  std::vector<LoggedStep>* log_ = nullptr;

  // Job::leaks: who allocated the blocks of this run that are not freed yet, and where.
  struct Allocation {
    ThreadId thread = kNoThread;
    std::vector<Address> stack;
  };
  std::unordered_map<Address, Allocation> allocations_;

  std::uint64_t decisions_ = 0;
  ThreadKeys keys_;

  RunResult result_;
};

}  // namespace heddle
