// Executes runs of the program under Relacy. To be included by relacy_engine.cpp alone, which has
// the definitions.
#pragma once

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/engine/call_stack.h"
#include "harness/engine/engine.h"
#include "harness/engine/native/hang.h"
#include "harness/engine/relacy/address_table.h"
#include "harness/engine/relacy/relacy_fibers.h"
#include "harness/engine/relacy/relacy_include.h"
#include "harness/engine/relacy/relacy_schedulers.h"
#include "harness/engine/relacy/relacy_shadow.h"
#include "harness/engine/relacy/relacy_state.h"
#include "harness/engine/thread_keys.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/program_heap.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"
#include "harness/model/trace.h"

namespace heddle::relacy {

// Plain accesses are no scheduling points. But a thread that spins on a plain flag would spin for
// ever if nobody else came to set it (and to race with the read), so after this many there is one.
inline constexpr std::uint32_t kPlainAccessesInARow = 1U << 16U;

// A search by depth keeps every choice of a run, and a loop that waits for another thread can take
// any number of turns.
inline constexpr std::uint64_t kTreeStepLimit = 20'000;

// Locations that a run can touch (heap and globals, while more than one thread lives).
inline constexpr std::size_t kMaxLocations = std::size_t{1} << 22U;
inline constexpr std::size_t kMaxObjects = std::size_t{1} << 16U;
inline constexpr std::size_t kMaxEvents = 100'000;
// Time is counted from here: later than any clock that a program compares with zero.
inline constexpr std::uint64_t kNanoseconds = 1'000'000'000;
inline constexpr std::uint64_t kClockStart = 1'000'000'000 * kNanoseconds;
// Relacy has no clock. Each look at it moves it on by this, so that a loop that waits for a time
// ends.
inline constexpr std::uint64_t kClockTick = 1'000;

inline Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

struct ThreadState {
  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  void* result = nullptr;
  bool finished = false;
  bool joined = false;
  bool detached = false;
  bool waits = false;  // the operation in `pending` has not been done yet
  Op pending;
  std::uint64_t steps = 0;
  rl::win_waitable_object* sync = nullptr;
  std::optional<std::size_t> write_to_read;  // event whose value is in memory by now
  std::vector<std::pair<void (*)(void*), void*>> destructors;
  ThreadKeys::Values key_values;
};

// The failures that a job has described in full. A program that fails in most runs would spend
// most of its time on describing the same thing. The cheap key is a hash of what is at hand when
// the failure happens.
class KnownFailures {
 public:
  void clear() { known_.clear(); }
  // Null: not known.
  const std::uint64_t* find(std::uint64_t cheap_key) const {
    for (const auto& [cheap, key] : known_) {
      if (cheap == cheap_key) return &key;
    }
    return nullptr;
  }
  void add(std::uint64_t cheap_key, std::uint64_t key) { known_.emplace_back(cheap_key, key); }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> known_;
};

class CheapKey {
 public:
  explicit CheapKey(FailureKind kind) : value_(static_cast<std::uint64_t>(kind) + 1) {}
  CheapKey& add(std::uint64_t value) {
    value_ = (value_ ^ value) * 0x9e3779b97f4a7c15U;
    value_ ^= value_ >> 29U;
    return *this;
  }
  CheapKey& add(const char* text) {
    for (; *text != '\0'; ++text)
      add(static_cast<std::uint64_t>(static_cast<unsigned char>(*text)));
    return *this;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_;
};

// What to execute, and how.
struct RunOrder {
  RandomRun random;
  std::uint64_t step_limit = 0;
  bool record = false;
  RunHost* host = nullptr;
  KnownFailures* known = nullptr;  // null: describe every failure in full
};

class RunnerBase {
 public:
  RunnerBase() = default;
  RunnerBase(const RunnerBase&) = delete;
  RunnerBase& operator=(const RunnerBase&) = delete;
  virtual ~RunnerBase() = default;

  // Executes one run. True: done, `result` is complete but for its number and state. False: the
  // program made more threads than this runner has, nothing can be said.
  virtual bool execute(const RunOrder& order, const Program& program, RunResult& result) = 0;
  // The branches of the last run, if the search is one by depth.
  virtual std::vector<std::uint8_t> path() const = 0;
  virtual void set_path(const std::vector<std::uint8_t>& path) = 0;
  // Turns to the next run of a search by depth; false: there is none.
  virtual bool advance() = 0;

  // Called by signal handlers and by the C++ runtime, on a thread of the program. They do not
  // return.
  virtual void on_signal(int number, Address pc, Address fault) = 0;
  virtual void on_terminate() = 0;

  // Called by Relacy.
  virtual void run_main() = 0;
  virtual void relacy_failed(rl::test_result_e what) = 0;
};

inline RunnerBase* g_runner = nullptr;

template <rl::thread_id_t kThreads>
struct Suite : rl::test_suite<Suite<kThreads>, 1> {
  static constexpr rl::thread_id_t dynamic_thread_count = kThreads - 1;
  void thread(unsigned) { g_runner->run_main(); }
};

template <rl::thread_id_t kThreads, typename Scheduler>
class Context final : public rl::context_impl<Suite<kThreads>, Scheduler> {
 public:
  using rl::context_impl<Suite<kThreads>, Scheduler>::context_impl;
  // Does not return. Relacy's own version would allocate on the program's heap.
  void fail_test(char const*, rl::test_result_e what, rl::debug_info_param) override {
    g_runner->relacy_failed(what);
  }
};

inline rl::test_params make_params(bool random) {
  rl::test_params params;
  params.search_type = random ? rl::random_scheduler_type : rl::fair_full_search_scheduler_type;
  return params;
}

inline const rl::debug_info kNowhere;

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
class Runner final : public RunnerBase {
  using Scheduler = Controlled<Search<kThreads>, kThreads>;
  static constexpr bool kRandom = Search<kThreads>::kRandom;

 public:
  explicit Runner(unsigned bound) : params_(make_params(kRandom)), context_(params_, shared_) {
    if constexpr (!kRandom) scheduler().set_bound(bound);
    self_ = this;
    g_runner = this;
  }
  ~Runner() override {
    self_ = nullptr;
    g_runner = nullptr;
  }

  bool execute(const RunOrder& order, const Program& program, RunResult& result) override;

  std::vector<std::uint8_t> path() const override {
    if constexpr (kRandom) {
      return {};
    } else {
      return scheduler().path();
    }
  }
  void set_path(const std::vector<std::uint8_t>& path) override {
    if constexpr (!kRandom) scheduler().set_path(path);
  }
  bool advance() override {
    if constexpr (kRandom) {
      return true;
    } else {
      return scheduler().advance();
    }
  }

  void run_main() override;
  void relacy_failed(rl::test_result_e what) override;
  void on_signal(int number, Address pc, Address fault) override;
  void on_terminate() override;

 private:
  using ThreadInfo = rl::thread_info_base;

  static std::size_t index(int thread) { return static_cast<std::size_t>(thread); }
  static Scheduler& scheduler() { return *Scheduler::instance; }
  static rl::context& context() { return *rl::context_holder<>::instance_; }
  static int current() { return g_fibers->current; }
  static ThreadId current_id() { return static_cast<ThreadId>(g_fibers->current); }
  static ThreadInfo& info() { return *context().threadx_; }
  ThreadState& me() { return threads_[index(current())]; }

  // ---- ends of a run
  [[noreturn]] void leave_run() {
    fiber_t& from = *g_fibers->of[index(current())];
    context().threadx_ = nullptr;
    switch_to_fiber(*g_fibers->main, from);
    __builtin_unreachable();  // its next switch to this fiber starts it anew
  }
  [[noreturn]] void fail(FailureKind kind, const char* message, Address pc);
  // `describe` makes the description, unless the failure is a known one.
  template <typename Describe>
  void conclude(std::uint64_t cheap_key, Describe describe);
  // Where the thread is that runs.
  Place here(const Op& op) const {
    Place place{.thread = current_id(), .op = op, .stack = {}, .note = {}};
    set_stack(place.op, place.stack, capture_stack(g_fibers->code));
    return place;
  }
  // A lock taken inside libstdc++ belongs to the program's line that asked for it.
  static void set_stack(Op& op, std::vector<Address>& stack, std::vector<Address> captured) {
    if (!captured.empty()) {
      if (!g_fibers->code.contains(op.pc)) op.pc = captured.front();
      if (captured.front() == op.pc) captured.erase(captured.begin());
    }
    stack = std::move(captured);
  }
  [[noreturn]] void give_up(const char* reason) {
    {
      const RuntimeScope scope;
      result_->outcome = GaveUp{reason};
    }
    leave_run();
  }
  [[noreturn]] void race(bool write, bool atomic, Address address, unsigned size, Address pc,
                         int other, bool other_writes, bool other_atomic, Address other_pc);
  void mark_race(const Op& op, Place& there);
  void describe_stuck();
  native::StuckThread describe_stuck_thread(int thread);
  [[noreturn]] void end_program(int status, Address pc);
  [[noreturn]] void end_thread(void* value, Address pc);
  // Neither is noexcept: an exception that nobody catches then ends the program where it is thrown,
  // with the stack that led there.
  static void* thread_main(void* argument);
  void run_destructors();

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
  void append_event(const Op& op, std::optional<std::uint64_t> value,
                    std::optional<std::uint64_t> old_value);
  void read_written_value(ThreadState& thread);

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

  // ---- memory
  template <bool kWrite>
  void access(Address address, unsigned size, Address pc);
  template <bool kWrite>
  void access_range(Address address, std::size_t size, Address pc);
  template <bool kWrite>
  void access_cell(Cell<kThreads>& cell, unsigned offset, unsigned size, Address pc);
  template <bool kWrite>
  void access_shared_cell(Cell<kThreads>& cell, Plain<kThreads>* plain, unsigned offset,
                          unsigned size, Address pc);
  template <bool kWrite>
  void check_plain(const Plain<kThreads>& other, bool atomic, Address address, unsigned size,
                   Address pc);
  Cell<kThreads>& cell_of(Address address) {
    bool is_new = false;
    Cell<kThreads>* cell = cells_.find_or_add(address >> 3U, &is_new);
    if (cell == nullptr) [[unlikely]]
      give_up("the run touched more memory than Relacy can follow");
    if (is_new) {
      cell->plain = nullptr;
      cell->atomic = nullptr;
    }
    return *cell;
  }
  template <typename T>
  T& made(T* object) {
    if (object == nullptr) [[unlikely]]
      give_up("the run touched more memory than Relacy can follow");
    return *object;
  }
  // After scheduling. Checks for races of the atomic access with plain ones.
  Atomic<kThreads>& atomic_of(Address address, unsigned size, bool write, Address pc);
  void forget(Address begin, std::size_t size);

  static unsigned relacy_load(ThreadInfo& thread, rl::atomic_data* data, MemoryOrder order);
  static unsigned relacy_load_for_rmw(ThreadInfo& thread, rl::atomic_data* data, MemoryOrder order);
  static unsigned relacy_store(ThreadInfo& thread, rl::atomic_data* data, MemoryOrder order);
  static unsigned relacy_rmw(ThreadInfo& thread, rl::atomic_data* data, MemoryOrder order);
  void stored(Atomic<kThreads>& atomic, Address address, unsigned size, unsigned position,
              std::uint64_t value, Address pc) {
    atomic.values[position] = value;
    atomic.latest = value;
    atomic.stored[index(current())] = info().own_acq_rel_order_;
    atomic.store_pc[index(current())] = pc;
    touching_ = pc;
    store_memory(address, size, value);
    touching_ = 0;
  }
  void loaded(Atomic<kThreads>& atomic, Address pc) {
    atomic.loaded[index(current())] = info().own_acq_rel_order_;
    atomic.load_pc[index(current())] = pc;
  }

  std::uint64_t atomic_load(Address address, unsigned size, MemoryOrder order, Address pc);
  void atomic_store(Address address, unsigned size, std::uint64_t value, MemoryOrder order,
                    Address pc);
  std::uint64_t atomic_rmw(Address address, unsigned size, RmwKind kind, std::uint64_t operand,
                           MemoryOrder order, Address pc);
  bool atomic_cas(Address address, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                  MemoryOrder success, MemoryOrder failure, bool weak, Address pc);
  void atomic16(Address address, OpKind kind, MemoryOrder order, Address pc);
  void fence(MemoryOrder order, Address pc);
  void annotate(Address address, bool release);

  // ---- threads and locks
  template <typename Object, typename... Arguments>
  Object& object_of(AddressTable<ObjectEntry<Object>>& table, Pool<Object>& pool,
                    const void* address, Arguments... arguments) {
    bool is_new = false;
    ObjectEntry<Object>* entry = table.find_or_add(address_of(address), &is_new);
    if (entry == nullptr) give_up("the run made more locks than Relacy can follow");
    if (is_new || entry->object == nullptr) entry->object = pool.make(arguments...);
    if (entry->object == nullptr) give_up("the run made more locks than Relacy can follow");
    return *entry->object;
  }
  template <typename Object>
  void forget_objects(AddressTable<ObjectEntry<Object>>& table, Address begin, std::size_t size) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table.entry(i).key - begin < size) table.entry(i).object = nullptr;
    }
  }
  Mutex<kThreads>& mutex_of(pthread_mutex_t* mutex) {
    return object_of(mutexes_, mutex_pool_, mutex, mutex->__data.__kind & 3);
  }
  Condition<kThreads>& condition_of(pthread_cond_t* cond) {
    return object_of(conditions_, condition_pool_, cond);
  }

  int thread_create(pthread_t* thread, void* (*start)(void*), void* argument, Address pc);
  ThreadState* thread_of(pthread_t handle);
  int thread_join(pthread_t handle, void** value, Address pc);
  int thread_detach(pthread_t handle, Address pc);
  void update_alone() { alone_ = created_ == joined_; }

  // `deadline`: null for none.
  int lock(pthread_mutex_t* mutex, const timespec* deadline, Address pc);
  int trylock(pthread_mutex_t* mutex, Address pc);
  int unlock(pthread_mutex_t* mutex, Address pc);
  int destroy_mutex(pthread_mutex_t* mutex);
  int wait(pthread_cond_t* cond, pthread_mutex_t* mutex, const timespec* deadline, Address pc);
  int notify(pthread_cond_t* cond, bool all, Address pc);
  int destroy_condition(pthread_cond_t* cond);
  int give_way(OpKind kind, Address pc);
  int sync_call(const SyncCall& call, Address pc);
  // The program uses what Relacy cannot express: the search ends here, and says so.
  [[noreturn]] void refuse(const char* what);
  void pass_time_until(const timespec& deadline);

  // What Relacy's condition variable does with the mutex.
  class WaitingMutex final : public rl::mutex_wrapper {
   public:
    WaitingMutex(Runner& runner, Condition<kThreads>& condition, Mutex<kThreads>& mutex)
        : runner_(runner), condition_(condition), mutex_(mutex) {}
    void unlock(rl::debug_info_param) const override {
      mutex_.data.unlock_exclusive(kNowhere);
      mutex_.owner = Mutex<kThreads>::kFree;
      // Nobody else runs before the thread waits.
      ++condition_.waiters;
    }
    void lock(rl::debug_info_param) const override {
      // Whoever notified has taken the waiter off already.
      if (info().unpark_reason_ != rl::unpark_reason_normal && condition_.waiters != 0) {
        --condition_.waiters;
      }
      Op& pending = runner_.me().pending;
      pending.kind = OpKind::mutex_lock;
      pending.address = pending.address2;
      mutex_.data.lock_exclusive(false, kNowhere);
      mutex_.owner = current();
    }

   private:
    Runner& runner_;
    Condition<kThreads>& condition_;
    Mutex<kThreads>& mutex_;
  };

  static EngineTable make_table();

  static inline Runner* self_ = nullptr;

  rl::test_params params_;
  typename Scheduler::shared_context_t shared_;
  Context<kThreads, Scheduler> context_;

  const Program* program_ = nullptr;
  RunOrder order_;
  RunResult* result_ = nullptr;
  bool stuck_ = false;
  bool too_many_threads_ = false;
  bool exiting_ = false;
  ThreadKeys keys_;
  std::vector<Address> initializing_;  // once-flags whose routine runs
  bool alone_ = true;  // only thread 0 lives, and all that others did happened before
  int created_ = 0;
  int joined_ = 0;
  std::uint32_t plain_left_ = 0;
  // The hook that is touching memory on behalf of the program; a fault there is the program's.
  Address touching_ = 0;
  std::uint64_t now_ns_ = 0;  // since kClockStart
  std::array<ThreadState, kThreads> threads_;

  AddressTable<Cell<kThreads>> cells_{kMaxLocations};
  Pool<Plain<kThreads>> plain_pool_{kMaxLocations};
  Pool<Atomic<kThreads>> atomic_pool_{kMaxLocations / 4};
  AddressTable<ObjectEntry<Mutex<kThreads>>> mutexes_{kMaxObjects};
  Pool<Mutex<kThreads>> mutex_pool_{kMaxObjects};
  AddressTable<ObjectEntry<Condition<kThreads>>> conditions_{kMaxObjects};
  Pool<Condition<kThreads>> condition_pool_{kMaxObjects};
  AddressTable<ObjectEntry<rl::sync_var<kThreads>>> annotated_{kMaxObjects};
  Pool<rl::sync_var<kThreads>> annotated_pool_{kMaxObjects};
};

}  // namespace heddle::relacy
