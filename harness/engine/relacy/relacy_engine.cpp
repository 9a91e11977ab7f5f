#include "harness/engine/relacy/relacy_engine.h"

#include <errno.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/engine/fiber/fiber.h"
#include "harness/engine/fiber/tls_lender.h"
#include "harness/engine/native/end_record.h"
#include "harness/engine/native/hang.h"
#include "harness/engine/relacy/address_table.h"
#include "harness/engine/relacy/relacy_include.h"
#include "harness/engine/relacy/relacy_schedulers.h"
#include "harness/engine/relacy/relacy_state.h"
#include "harness/engine/relacy/reserved_array.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/exit_functions.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"

namespace heddle::relacy {
namespace {

// Relacy's thread count is a template parameter, and each operation costs time for each thread
// that there could be. So the first runs are made with few, and repeated with many if need be.
constexpr rl::thread_id_t kFewThreads = 4;
constexpr rl::thread_id_t kManyThreads = 17;

// Plain accesses are no scheduling points. But a thread that spins on a plain flag would spin for
// ever if nobody else came to set it (and to race with the read), so after this many there is one.
constexpr std::uint32_t kPlainAccessesInARow = 1U << 16U;

// A search by depth keeps every choice of a run, and a loop that waits for another thread can take
// any number of turns.
constexpr std::uint64_t kTreeStepLimit = 20'000;

// Locations that a run can touch (heap and globals, while more than one thread lives).
constexpr std::size_t kMaxLocations = std::size_t{1} << 22U;
constexpr std::size_t kMaxObjects = std::size_t{1} << 16U;
constexpr std::size_t kMaxEvents = 100'000;
constexpr std::size_t kMaxFrames = 128;

// ---- fibers -------------------------------------------------------------------------------------

// Where Relacy's fibers run: stacks, and the thread-local storage that each switch brings along.
struct Fibers {
  FiberStacks stacks;
  TlsLender lender;
  FsBase fs;
  fiber_t* main = nullptr;
  void (*function)(void*) = nullptr;
  int current = -1;
  std::array<fiber_t*, kManyThreads> of{};
  std::array<Address, kManyThreads> base{};
  std::array<void*, kManyThreads> top{};

  // False: the system has no more memory or threads.
  bool prepare(int threads) {
    for (int i = 0; i < threads; ++i) {
      const auto id = static_cast<ThreadId>(i);
      base[id] = lender.base(id);
      top[id] = stacks.top(id);
      if (base[id] == 0 || top[id] == nullptr) return false;
    }
    return true;
  }

  // Its next switch starts the thread's function anew, wherever a run that ended left it.
  void reset(int thread) {
    lender.reset(static_cast<ThreadId>(thread));
    const auto index = static_cast<std::size_t>(thread);
    of[index]->context =
        boost::context::detail::make_fcontext(top[index], FiberStacks::kSize, &Fibers::entry);
  }

  static void entry(boost::context::detail::transfer_t from);
};

Fibers* g_fibers = nullptr;

void Fibers::entry(boost::context::detail::transfer_t from) {
  static_cast<fiber_t*>(from.data)->context = from.fctx;
  g_fibers->function(reinterpret_cast<void*>(static_cast<std::intptr_t>(g_fibers->current)));
}

}  // namespace
}  // namespace heddle::relacy

void create_main_fiber(fiber_t& fiber) { heddle::relacy::g_fibers->main = &fiber; }

void create_fiber(fiber_t& fiber, void (*function)(void*), void* thread) {
  const auto index = reinterpret_cast<std::intptr_t>(thread);
  fiber.thread = static_cast<int>(index);
  heddle::relacy::g_fibers->of[static_cast<std::size_t>(index)] = &fiber;
  heddle::relacy::g_fibers->function = function;
}

void switch_to_fiber(fiber_t& to, fiber_t& from) {
  if (&to == &from) return;
  heddle::relacy::Fibers& fibers = *heddle::relacy::g_fibers;
  fibers.current = to.thread;
  // The engine itself, between runs, uses the storage of thread 0: the worker's own.
  fibers.fs.set(fibers.base[to.thread < 0 ? 0 : static_cast<std::size_t>(to.thread)]);
  const boost::context::detail::transfer_t back =
      boost::context::detail::jump_fcontext(to.context, &from);
  static_cast<fiber_t*>(back.data)->context = back.fctx;
}

namespace heddle::relacy {
namespace {

// ---- what does not depend on the number of threads ------------------------------------------------

Address address_of(const void* pointer) { return reinterpret_cast<Address>(pointer); }

std::uint64_t load_memory(Address address, unsigned size) {
  std::uint64_t value = 0;
  switch (size) {
    case 1:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 1);
      break;
    case 2:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 2);
      break;
    case 4:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 4);
      break;
    default:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 8);
  }
  return value;
}

void store_memory(Address address, unsigned size, std::uint64_t value) {
  switch (size) {
    case 1:
      std::memcpy(reinterpret_cast<void*>(address), &value, 1);
      break;
    case 2:
      std::memcpy(reinterpret_cast<void*>(address), &value, 2);
      break;
    case 4:
      std::memcpy(reinterpret_cast<void*>(address), &value, 4);
      break;
    default:
      std::memcpy(reinterpret_cast<void*>(address), &value, 8);
  }
}

std::uint64_t mask_of(unsigned size) {
  return size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
}

std::uint64_t apply(RmwKind kind, std::uint64_t old, std::uint64_t operand, unsigned size) {
  switch (kind) {
    case RmwKind::exchange:
      return operand;
    case RmwKind::add:
      return (old + operand) & mask_of(size);
    case RmwKind::sub:
      return (old - operand) & mask_of(size);
    case RmwKind::bit_and:
      return old & operand;
    case RmwKind::bit_or:
      return old | operand;
    case RmwKind::bit_xor:
      return old ^ operand;
    case RmwKind::bit_nand:
      return ~(old & operand) & mask_of(size);
  }
  return 0;
}

struct ThreadState {
  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  void* result = nullptr;
  bool finished = false;
  bool joined = false;
  bool detached = false;
  // Another thread touched this one's stack in this run: its own accesses to it count from here.
  bool stack_is_shared = false;
  bool waits = false;  // the operation in `pending` has not been done yet
  Op pending;
  std::uint64_t steps = 0;
  Address stack_begin = 0;
  rl::win_waitable_object* sync = nullptr;
  std::optional<std::size_t> write_to_read;  // event whose value is in memory by now
  std::vector<std::pair<void (*)(void*), void*>> destructors;
  std::size_t depth = 0;  // of `frames`; counts on where that ends
  std::array<Address, kMaxFrames> frames{};
};

// What to execute, and how.
struct RunOrder {
  RandomRun random;
  std::uint64_t step_limit = 0;
  bool record = false;
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
  virtual bool advance() = 0;

  // Called by Relacy.
  virtual void run_main() = 0;
  virtual void relacy_failed(rl::test_result_e what) = 0;
};

RunnerBase* g_runner = nullptr;

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

rl::test_params make_params(bool random) {
  rl::test_params params;
  params.search_type = random ? rl::random_scheduler_type : rl::fair_full_search_scheduler_type;
  return params;
}

const rl::debug_info kNowhere;

// ---- memory ---------------------------------------------------------------------------------------

// Plain accesses to some bytes of an 8-byte cell: Relacy's own clocks of a variable, and where in
// the program each thread's last access was.
template <rl::thread_id_t kThreads>
struct Plain {
  explicit Plain(unsigned at, unsigned bytes)
      : offset(static_cast<std::uint8_t>(at)), size(static_cast<std::uint8_t>(bytes)) {}

  bool overlaps(unsigned at, unsigned bytes) const { return at < offset + size && offset < at + bytes; }

  static constexpr int kNobody = -1;
  static constexpr int kSeveral = -2;

  std::uint8_t offset;
  std::uint8_t size;
  int owner = kNobody;  // the one thread that accessed it so far
  int last_writer = kNobody;
  Plain* next = nullptr;
  rl::var_data_impl<kThreads> clocks;
  std::array<Address, kThreads> store_pc;  // valid where the clock is not zero
  std::array<Address, kThreads> load_pc;
};

// An atomic: Relacy's history of it, the values that belong to the history, and the clocks of its
// accesses, which plain accesses to the same bytes are checked against.
template <rl::thread_id_t kThreads>
struct Atomic {
  Atomic(unsigned at, unsigned bytes)
      : offset(static_cast<std::uint8_t>(at)), size(static_cast<std::uint8_t>(bytes)) {}

  bool overlaps(unsigned at, unsigned bytes) const { return at < offset + size && offset < at + bytes; }

  // The value that is in memory was put there by a plain store of `thread` at `time` of its clock,
  // and is the first that there is. With time 0 it is older than the run: every thread sees it.
  void begin(int thread, rl::timestamp_t time, std::uint64_t value) {
    new (&data) rl::atomic_data_impl<kThreads>();
    // Where the first store of an atomic goes. Index 0 says "not initialised" to Relacy.
    data.current_index_ = 1;
    auto& record = data.history_[1];
    record.busy_ = true;
    record.seq_cst_ = false;
    record.thread_id_ = thread;
    record.acq_rel_timestamp_ = time;
    rl::foreach<kThreads>(record.acq_rel_order_, rl::assign_zero);
    rl::foreach<kThreads>(record.first_seen_order_,
                          rl::assign<static_cast<rl::timestamp_t>(-1)>);
    latest = value;
    values[1] = value;
    overwritten = false;
  }

  std::uint8_t offset;
  std::uint8_t size;
  bool overwritten = true;  // by a plain store, by `writer` at `written_at`
  bool failed_spuriously = false;
  int writer = 0;
  rl::timestamp_t written_at = 0;
  Atomic* next = nullptr;
  std::uint64_t latest = 0;  // in modification order
  std::array<std::uint64_t, rl::atomic_history_size> values{};
  std::array<rl::timestamp_t, kThreads> stored{};
  std::array<rl::timestamp_t, kThreads> loaded{};
  std::array<Address, kThreads> store_pc;
  std::array<Address, kThreads> load_pc;
  rl::atomic_data_impl<kThreads> data;
};

template <rl::thread_id_t kThreads>
struct Cell {
  Address key;  // address / 8
  Plain<kThreads>* plain;
  Atomic<kThreads>* atomic;
};

// Objects of one type for the length of a run: as many as needed, none given back.
template <typename T>
class Pool {
 public:
  explicit Pool(std::size_t capacity) : memory_(capacity) {}
  void clear() { used_ = 0; }
  // Null: the pool is empty. What stood there in an earlier run is overwritten, not destroyed:
  // Relacy's destructors complain of locked mutexes.
  template <typename... Arguments>
  T* make(Arguments... arguments) {
    if (used_ == memory_.capacity()) return nullptr;
    return new (memory_[used_++].bytes) T(arguments...);
  }

 private:
  struct Room {
    alignas(T) unsigned char bytes[sizeof(T)];
  };
  ReservedArray<Room> memory_;
  std::size_t used_ = 0;
};

// ---- locks ----------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads>
struct Mutex {
  static constexpr int kFree = -1;

  explicit Mutex(int type)
      : kind(type), data(false, type == PTHREAD_MUTEX_RECURSIVE, false, false) {}

  int kind;
  int owner = kFree;
  unsigned depth = 0;
  rl::generic_mutex_data_impl<kThreads> data;
};

template <rl::thread_id_t kThreads>
struct Condition {
  // POSIX allows a wait to end for no reason, and Relacy tries it (not in a search by depth).
  Condition() : data(true) {}

  unsigned waiters = 0;
  // The last to notify while nobody waited.
  ThreadId notifier = kNoThread;
  Address notifier_pc = 0;
  rl::condvar_data_impl<kThreads> data;
};

template <typename Object>
struct ObjectEntry {
  Address key;
  Object* object;
};

// ---- a run ------------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
class Runner final : public RunnerBase {
  using Scheduler = Controlled<Search<kThreads>, kThreads>;
  static constexpr bool kRandom = Search<kThreads>::kRandom;

 public:
  explicit Runner(unsigned bound) : params_(make_params(kRandom)), context_(params_, shared_) {
    if constexpr (!kRandom) scheduler().set_bound(bound);
    for (int i = 0; i < kThreads; ++i) {
      threads_[index(i)].stack_begin =
          address_of(g_fibers->top[index(i)]) - FiberStacks::kSize;
    }
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

  void run_main() noexcept override;
  void relacy_failed(rl::test_result_e what) override;

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
  [[noreturn]] void give_up(const char* reason) {
    {
      const RuntimeScope scope;
      result_->outcome = GaveUp{reason};
    }
    leave_run();
  }
  [[noreturn]] void race(bool write, bool atomic, Address address, unsigned size, Address pc,
                         int other, bool other_writes, bool other_atomic, Address other_pc);
  void describe_stuck();
  [[noreturn]] void end_program(int status, Address pc);
  [[noreturn]] void end_thread(void* value, Address pc);
  static void* thread_main(void* argument) noexcept;
  void run_destructors();

  // ---- the trace
  void record(OpKind kind, Address address, unsigned size, MemoryOrder order, Address pc,
              ThreadId other = kNoThread, std::optional<std::uint64_t> value = std::nullopt,
              std::optional<std::uint64_t> old_value = std::nullopt, Address address2 = 0) {
    if (recording_) [[unlikely]] {
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
  std::vector<Address> stack_of(const ThreadState& thread) const {
    const std::size_t depth = std::min(thread.depth, thread.frames.size());
    return {thread.frames.rend() - static_cast<std::ptrdiff_t>(depth), thread.frames.rend()};
  }

  // A step that may wait. Until done() is called, the thread counts as waiting for it.
  void pending(OpKind kind, Address address, Address pc, ThreadId other = kNoThread,
               Address address2 = 0) {
    ThreadState& thread = me();
    ++thread.steps;
    thread.pending = {.kind = kind, .other = other, .address = address, .address2 = address2,
                      .pc = pc};
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
    if (cell == nullptr) [[unlikely]] give_up("the run touched more memory than Relacy can follow");
    if (is_new) {
      cell->plain = nullptr;
      cell->atomic = nullptr;
    }
    return *cell;
  }
  template <typename T>
  T& made(T* object) {
    if (object == nullptr) [[unlikely]] give_up("the run touched more memory than Relacy can follow");
    return *object;
  }
  // After scheduling. Checks for races of the atomic access with plain ones.
  Atomic<kThreads>& atomic_of(Address address, unsigned size, bool write, Address pc);
  void note_touched_stack(Address address) {
    const ThreadId owner = FiberStacks::owner(address);
    if (owner < static_cast<ThreadId>(kThreads)) threads_[owner].stack_is_shared = true;
  }
  void forget(Address begin, std::size_t size);

  static unsigned relacy_load(ThreadInfo& thread, rl::atomic_data* data, MemoryOrder order);
  static unsigned relacy_load_for_rmw(ThreadInfo& thread, rl::atomic_data* data,
                                      MemoryOrder order);
  static unsigned relacy_store(ThreadInfo& thread, rl::atomic_data* data, MemoryOrder order);
  static unsigned relacy_rmw(ThreadInfo& thread, rl::atomic_data* data, MemoryOrder order);
  void stored(Atomic<kThreads>& atomic, Address address, unsigned size, unsigned position,
              std::uint64_t value, Address pc) {
    atomic.values[position] = value;
    atomic.latest = value;
    atomic.stored[index(current())] = info().own_acq_rel_order_;
    atomic.store_pc[index(current())] = pc;
    store_memory(address, size, value);
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

  int lock(pthread_mutex_t* mutex, bool timed, Address pc);
  int trylock(pthread_mutex_t* mutex, Address pc);
  int unlock(pthread_mutex_t* mutex, Address pc);
  int destroy_mutex(pthread_mutex_t* mutex);
  int wait(pthread_cond_t* cond, pthread_mutex_t* mutex, bool timed, Address pc);
  int notify(pthread_cond_t* cond, bool all, Address pc);
  int destroy_condition(pthread_cond_t* cond);
  int give_way(OpKind kind, Address pc);

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

  static EngineTable make_table(bool recording);

  static inline Runner* self_ = nullptr;

  rl::test_params params_;
  typename Scheduler::shared_context_t shared_;
  Context<kThreads, Scheduler> context_;

  const Program* program_ = nullptr;
  RunResult* result_ = nullptr;
  bool recording_ = false;
  bool stuck_ = false;
  bool too_many_threads_ = false;
  bool exiting_ = false;
  bool alone_ = true;  // only thread 0 lives, and all that others did happened before
  int created_ = 0;
  int joined_ = 0;
  std::uint32_t plain_left_ = 0;
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

// ---- ends of a run ----------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
bool Runner<kThreads, Search>::execute(const RunOrder& order, const Program& program,
                                       RunResult& result) {
  // Of the thread that owns them, and of threads that run on its storage: const, as all runs on
  // one OS thread.
  static const EngineTable kSearchTable = make_table(false);
  static const EngineTable kRecordingTable = make_table(true);

  program_ = &program;
  result_ = &result;
  result.outcome = Passed{};
  result.reports.clear();
  result.trace.events.clear();
  result.trace.truncated = false;
  recording_ = order.record;
  stuck_ = false;
  too_many_threads_ = false;
  exiting_ = false;
  alone_ = true;
  created_ = 0;
  joined_ = 0;
  plain_left_ = kPlainAccessesInARow;
  cells_.clear();
  plain_pool_.clear();
  atomic_pool_.clear();
  mutexes_.clear();
  mutex_pool_.clear();
  conditions_.clear();
  condition_pool_.clear();
  annotated_.clear();
  annotated_pool_.clear();
  std::uint64_t limit = order.step_limit;
  if constexpr (kRandom) {
    scheduler().seed(order.random.seed, order.random.run);
  } else {
    limit = std::min(limit, kTreeStepLimit);
  }
  params_.execution_depth_limit =
      static_cast<unsigned>(std::min<std::uint64_t>(limit, ~0U - 1));
  const auto reset = [this](int thread) {
    ThreadState& state = threads_[index(thread)];
    state.finished = state.joined = state.detached = state.stack_is_shared = state.waits = false;
    state.steps = 0;
    state.depth = 0;
    state.write_to_read.reset();
    state.destructors.clear();
  };
  reset(0);
  g_fibers->reset(0);

  program_heap::g_on_reuse = [](Address begin, std::size_t size) { self_->forget(begin, size); };
  g_engine_table = order.record ? &kRecordingTable : &kSearchTable;
  context_.iteration(1);
  g_engine_table = &passthrough_table();
  program_heap::g_on_reuse = nullptr;
  t_program_code = false;

  if (stuck_) describe_stuck();
  result.steps = 0;
  for (int i = 0; i <= created_; ++i) {
    read_written_value(threads_[index(i)]);
    result.steps += threads_[index(i)].steps;
    if (i == 0) continue;
    reset(i);
    // Those who waited for a thread's end would still be on its list in the next run.
    new (threads_[index(i)].sync) rl::thread_sync_object<kThreads>();
  }
  result.decisions = scheduler().decisions();
  result.threads = static_cast<std::uint32_t>(created_) + 1;
  if constexpr (!kRandom) {
    if (!too_many_threads_ && scheduler().diverged()) {
      result.outcome = HarnessError{
          "the program had other choices than before at the same point, which a search by depth "
          "cannot follow: it depends on time, addresses or random numbers, or the state to repeat "
          "is of another program"};
    }
  }
  return !too_many_threads_;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::run_main() noexcept {
  t_program_code = true;
  record(OpKind::thread_start, 0, 0, MemoryOrder::relaxed, 0);
  const int status = program_->main(program_->argc, program_->argv, program_->envp);
  end_program(status, 0);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::end_program(int status, Address pc) {
  // exit() called from what runs at exit: the C library goes on with what is left.
  if (!exiting_) {
    exiting_ = true;
    run_destructors();
  }
  exit_functions::run_all();
  record(OpKind::process_exit, 0, 0, MemoryOrder::relaxed, pc);
  if (status != 0) {
    char message[40];
    snprintf(message, sizeof message, "exit status %d", status);
    fail(FailureKind::exit_status, message, pc);
  }
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::fail(FailureKind kind, const char* message, Address pc) {
  {
    const RuntimeScope scope;
    record(OpKind::failure, 0, 0, MemoryOrder::relaxed, pc);
    Place place{.thread = current_id(),
                .op = {.kind = OpKind::failure, .pc = pc},
                .stack = stack_of(me()),
                .note = {}};
    result_->outcome = Failed{kind, message, {std::move(place)}};
  }
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::race(bool write, bool atomic, Address address, unsigned size,
                                    Address pc, int other, bool other_writes, bool other_atomic,
                                    Address other_pc) {
  {
    const RuntimeScope scope;
    const auto kind_of = [](bool writes, bool is_atomic) {
      if (is_atomic) return writes ? OpKind::atomic_store : OpKind::atomic_load;
      return writes ? OpKind::write : OpKind::read;
    };
    const auto bytes = static_cast<std::uint8_t>(std::min(size, 255U));
    Place here{.thread = current_id(),
               .op = {.kind = kind_of(write, atomic), .size = bytes, .address = address, .pc = pc},
               .stack = stack_of(me()),
               .note = {}};
    Place there{.thread = static_cast<ThreadId>(other),
                .op = {.kind = kind_of(other_writes, other_atomic),
                       .size = bytes,
                       .address = address,
                       .pc = other_pc},
                .stack = {},
                .note = {}};
    auto& events = result_->trace.events;
    if (recording_) {
      if (events.empty() || events.back().thread != here.thread || events.back().op.pc != pc) {
        append_event(here.op, std::nullopt, std::nullopt);
      }
      events.back().racy = true;
      for (std::size_t i = events.size() - 1; i-- > 0;) {
        Event& event = events[i];
        if (event.thread != there.thread || event.op.pc != other_pc) continue;
        event.racy = true;
        there.op = event.op;
        there.stack = event.stack;
        break;
      }
    }
    result_->outcome = Failed{FailureKind::data_race, {}, {std::move(here), std::move(there)}};
  }
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::relacy_failed(rl::test_result_e what) {
  const Address pc = me().pending.pc;
  switch (what) {
    case rl::test_result_deadlock:
      stuck_ = true;
      leave_run();
    case rl::test_result_livelock:
      give_up("the step limit was reached");
    case rl::test_result_recursion_on_nonrecursive_mutex:
      stuck_ = true;
      leave_run();
    case rl::test_result_unlocking_mutex_wo_ownership:
      fail(FailureKind::bad_unlock, "unlock of a mutex that the thread does not hold", pc);
    case rl::test_result_unitialized_access:
      fail(FailureKind::use_of_uninitialized, "load of an atomic before its first store", pc);
    default: {
      const RuntimeScope scope;
      result_->outcome = HarnessError{std::string("unexpected verdict of Relacy: ") +
                                      rl::test_result_str(what)};
    }
  }
  t_program_code = true;
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::describe_stuck() {
  std::vector<native::StuckThread> stuck;
  for (int i = 0; i <= created_; ++i) {
    ThreadState& thread = threads_[index(i)];
    if (thread.finished || !thread.waits) continue;
    native::StuckThread& entry = stuck.emplace_back();
    entry.id = static_cast<ThreadId>(i);
    entry.op = thread.pending;
    entry.stack = stack_of(thread);
    entry.waits = true;
    if (thread.pending.kind == OpKind::mutex_lock) {
      const auto* found = mutexes_.find(thread.pending.address);
      if (found != nullptr && found->object != nullptr && found->object->owner >= 0) {
        const int owner = found->object->owner;
        entry.holder = static_cast<ThreadId>(owner);
        entry.holder_ended = threads_[index(owner)].finished;
      }
    } else if (thread.pending.kind == OpKind::cond_wait) {
      const auto* found = conditions_.find(thread.pending.address);
      if (found != nullptr && found->object != nullptr) {
        entry.notifier = found->object->notifier;
        entry.notifier_pc = found->object->notifier_pc;
      }
    }
  }
  result_->outcome = native::describe_hang(stuck, true);
}

// ---- the trace --------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::read_written_value(ThreadState& thread) {
  if (!thread.write_to_read) return;
  Event& event = result_->trace.events[*thread.write_to_read];
  event.value = load_memory(event.op.address, event.op.size);
  thread.write_to_read.reset();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::append_event(const Op& op, std::optional<std::uint64_t> value,
                                            std::optional<std::uint64_t> old_value) {
  const RuntimeScope scope;
  auto& events = result_->trace.events;
  ThreadState& thread = me();
  read_written_value(thread);
  if (events.size() == 2 * kMaxEvents) {
    for (int i = 0; i <= created_; ++i) read_written_value(threads_[index(i)]);
    events.erase(events.begin(), events.begin() + kMaxEvents);
    result_->trace.truncated = true;
  }
  Event event;
  event.thread = current_id();
  event.step = thread.steps;
  event.op = op;
  if (!events.empty() && events.back().thread != event.thread) {
    event.why = scheduler().stopped(static_cast<int>(events.back().thread));
  }
  const bool has_value = op.size == 1 || op.size == 2 || op.size == 4 || op.size == 8;
  if (op.kind == OpKind::read && has_value) value = load_memory(op.address, op.size);
  event.value = value;
  event.old_value = old_value;
  event.stack = stack_of(thread);
  events.push_back(std::move(event));
  // What a plain write stores is in memory when its thread comes back here.
  if (op.kind == OpKind::write && has_value) thread.write_to_read = events.size() - 1;
}

// ---- plain accesses ---------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::check_plain(const Plain<kThreads>& other, bool atomic,
                                           Address address, unsigned size, Address pc) {
  const rl::timestamp_t* seen = info().acq_rel_order_;
  for (int i = 0; i < kThreads; ++i) {
    if (seen[i] < other.clocks.store_acq_rel_timestamp_[i]) {
      race(kWrite, atomic, address, size, pc, i, true, false, other.store_pc[index(i)]);
    }
    if (kWrite && seen[i] < other.clocks.load_acq_rel_timestamp_[i]) {
      race(kWrite, atomic, address, size, pc, i, false, false, other.load_pc[index(i)]);
    }
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::access_shared_cell(Cell<kThreads>& cell, Plain<kThreads>* plain,
                                                  unsigned offset, unsigned size, Address pc) {
  const Address address = (cell.key << 3U) + offset;
  for (const Plain<kThreads>* other = cell.plain; other != nullptr; other = other->next) {
    // Its own are checked as well: this call is for what several threads have accessed.
    if (other->overlaps(offset, size)) check_plain<kWrite>(*other, false, address, size, pc);
  }
  ThreadInfo& thread = info();
  for (Atomic<kThreads>* other = cell.atomic; other != nullptr; other = other->next) {
    if (!other->overlaps(offset, size)) continue;
    for (int i = 0; i < kThreads; ++i) {
      if (thread.acq_rel_order_[i] < other->stored[index(i)]) {
        race(kWrite, false, address, size, pc, i, true, true, other->store_pc[index(i)]);
      }
      if (kWrite && thread.acq_rel_order_[i] < other->loaded[index(i)]) {
        race(kWrite, false, address, size, pc, i, false, true, other->load_pc[index(i)]);
      }
    }
    if (kWrite) {
      other->overwritten = true;
      other->writer = current();
      other->written_at = thread.own_acq_rel_order_ + 1;
    }
  }
  plain->owner = plain->owner == Plain<kThreads>::kNobody ? current() : Plain<kThreads>::kSeveral;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::access_cell(Cell<kThreads>& cell, unsigned offset, unsigned size,
                                           Address pc) {
  Plain<kThreads>* plain = cell.plain;
  while (plain != nullptr && (plain->offset != offset || plain->size != size)) plain = plain->next;
  if (plain == nullptr) {
    plain = &made(plain_pool_.make(offset, size));
    plain->next = cell.plain;
    cell.plain = plain;
  }
  // A location of one thread alone needs no check, only the clock of its last access.
  const bool alone = plain->owner == current() && cell.atomic == nullptr &&
                     cell.plain == plain && plain->next == nullptr;
  if (!alone) access_shared_cell<kWrite>(cell, plain, offset, size, pc);
  ThreadInfo& thread = info();
  const std::size_t own = index(current());
  thread.own_acq_rel_order_ += 1;
  if constexpr (kWrite) {
    plain->clocks.store_acq_rel_timestamp_[own] = thread.own_acq_rel_order_;
    plain->store_pc[own] = pc;
    plain->last_writer = current();
  } else {
    plain->clocks.load_acq_rel_timestamp_[own] = thread.own_acq_rel_order_;
    plain->load_pc[own] = pc;
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::access(Address address, unsigned size, Address pc) {
  ThreadState& self = me();
  ++self.steps;
  if (--plain_left_ == 0) [[unlikely]] {
    plain_left_ = kPlainAccessesInARow;
    context().sched();
  }
  // A thread's own stack is its own affair until somebody else looks into it.
  if (address - self.stack_begin < FiberStacks::kSize) {
    if (!self.stack_is_shared || cells_.find(address >> 3U) == nullptr) return;
  }
  record(kWrite ? OpKind::write : OpKind::read, address, size, MemoryOrder::relaxed, pc);
  // What happened before all other threads were made, or after they were joined, races with none.
  if (alone_) return;
  note_touched_stack(address);
  const unsigned offset = static_cast<unsigned>(address & 7U);
  if (offset + size <= 8) [[likely]] {
    access_cell<kWrite>(cell_of(address), offset, size, pc);
  } else {
    for (unsigned at = 0; at < size;) {
      const unsigned begin = static_cast<unsigned>((address + at) & 7U);
      const unsigned part = std::min(8 - begin, size - at);
      access_cell<kWrite>(cell_of(address + at), begin, part, pc);
      at += part;
    }
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::access_range(Address address, std::size_t size, Address pc) {
  constexpr std::size_t kPiece = 128;
  ThreadState& self = me();
  const std::uint64_t steps = self.steps;
  for (std::size_t at = 0; at < size; at += kPiece) {
    access<kWrite>(address + at, static_cast<unsigned>(std::min(kPiece, size - at)), pc);
  }
  self.steps = steps + 1;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::forget(Address begin, std::size_t size) {
  // The heap hands memory out again only in runs that use a lot of it. What threads did with its
  // former owner must not race with the new one's accesses.
  const auto clear = [](Cell<kThreads>& cell) {
    cell.plain = nullptr;
    cell.atomic = nullptr;
  };
  if (size / 8 < cells_.size()) {
    for (std::size_t at = 0; at < size; at += 8) {
      Cell<kThreads>* cell = cells_.find((begin + at) >> 3U);
      if (cell != nullptr) clear(*cell);
    }
  } else {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if ((cells_.entry(i).key << 3U) - begin < size) clear(cells_.entry(i));
    }
  }
  forget_objects(mutexes_, begin, size);
  forget_objects(conditions_, begin, size);
  forget_objects(annotated_, begin, size);
}

// ---- atomics ----------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
unsigned Runner<kThreads, Search>::relacy_load(ThreadInfo& thread, rl::atomic_data* data,
                                               MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_load_seq_cst(data);
  return acquires(order) ? thread.atomic_load_acquire(data) : thread.atomic_load_relaxed(data);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
unsigned Runner<kThreads, Search>::relacy_load_for_rmw(ThreadInfo& thread, rl::atomic_data* data,
                                                       MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_load_seq_cst_rmw(data);
  return acquires(order) ? thread.atomic_load_acquire_rmw(data)
                         : thread.atomic_load_relaxed_rmw(data);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
unsigned Runner<kThreads, Search>::relacy_store(ThreadInfo& thread, rl::atomic_data* data,
                                                MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_store_seq_cst(data);
  return releases(order) ? thread.atomic_store_release(data) : thread.atomic_store_relaxed(data);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
unsigned Runner<kThreads, Search>::relacy_rmw(ThreadInfo& thread, rl::atomic_data* data,
                                              MemoryOrder order) {
  bool aba = false;
  switch (order) {
    case MemoryOrder::relaxed:
      return thread.atomic_rmw_relaxed(data, aba);
    case MemoryOrder::consume:
    case MemoryOrder::acquire:
      return thread.atomic_rmw_acquire(data, aba);
    case MemoryOrder::release:
      return thread.atomic_rmw_release(data, aba);
    case MemoryOrder::acq_rel:
      return thread.atomic_rmw_acq_rel(data, aba);
    case MemoryOrder::seq_cst:
      break;
  }
  return thread.atomic_rmw_seq_cst(data, aba);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
Atomic<kThreads>& Runner<kThreads, Search>::atomic_of(Address address, unsigned size, bool write,
                                                      Address pc) {
  note_touched_stack(address);
  Cell<kThreads>& cell = cell_of(address);
  const unsigned offset = static_cast<unsigned>(address & 7U);
  const Plain<kThreads>* first_store = nullptr;
  for (const Plain<kThreads>* plain = cell.plain; plain != nullptr; plain = plain->next) {
    if (!plain->overlaps(offset, size)) continue;
    if (write) {
      check_plain<true>(*plain, true, address, size, pc);
    } else {
      check_plain<false>(*plain, true, address, size, pc);
    }
    if (plain->last_writer >= 0) first_store = plain;
  }
  Atomic<kThreads>* atomic = cell.atomic;
  while (atomic != nullptr && (atomic->offset != offset || atomic->size != size)) {
    atomic = atomic->next;
  }
  if (atomic == nullptr) {
    atomic = &made(atomic_pool_.make(offset, size));
    atomic->next = cell.atomic;
    cell.atomic = atomic;
    if (first_store != nullptr) {
      atomic->writer = first_store->last_writer;
      atomic->written_at =
          first_store->clocks.store_acq_rel_timestamp_[first_store->last_writer];
    }
  }
  const std::uint64_t memory = load_memory(address, size);
  if (atomic->overwritten) [[unlikely]] {
    atomic->begin(atomic->writer, atomic->written_at, memory);
  } else if (atomic->latest != memory) [[unlikely]] {
    // By code without instrumentation, or while there was one thread. Seen by all.
    atomic->begin(0, 0, memory);
  }
  return *atomic;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
std::uint64_t Runner<kThreads, Search>::atomic_load(Address address, unsigned size,
                                                    MemoryOrder order, Address pc) {
  pending(OpKind::atomic_load, address, pc);
  context_.sched();
  done();
  Atomic<kThreads>& atomic = atomic_of(address, size, false, pc);
  const unsigned position = relacy_load(info(), &atomic.data, order);
  if (position == ~0U) relacy_failed(rl::test_result_unitialized_access);
  loaded(atomic, pc);
  const std::uint64_t value = atomic.values[position];
  record(OpKind::atomic_load, address, size, order, pc, kNoThread, value);
  return value;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::atomic_store(Address address, unsigned size, std::uint64_t value,
                                            MemoryOrder order, Address pc) {
  pending(OpKind::atomic_store, address, pc);
  context_.sched();
  done();
  value &= mask_of(size);
  Atomic<kThreads>& atomic = atomic_of(address, size, true, pc);
  stored(atomic, address, size, relacy_store(info(), &atomic.data, order), value, pc);
  record(OpKind::atomic_store, address, size, order, pc, kNoThread, value);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
std::uint64_t Runner<kThreads, Search>::atomic_rmw(Address address, unsigned size, RmwKind kind,
                                                   std::uint64_t operand, MemoryOrder order,
                                                   Address pc) {
  pending(OpKind::atomic_rmw, address, pc);
  context_.sched();
  done();
  Atomic<kThreads>& atomic = atomic_of(address, size, true, pc);
  const std::uint64_t old = atomic.latest;
  const std::uint64_t value = apply(kind, old, operand & mask_of(size), size);
  stored(atomic, address, size, relacy_rmw(info(), &atomic.data, order), value, pc);
  record(OpKind::atomic_rmw, address, size, order, pc, kNoThread, value, old);
  return old;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
bool Runner<kThreads, Search>::atomic_cas(Address address, unsigned size, std::uint64_t* expected,
                                          std::uint64_t desired, MemoryOrder success,
                                          MemoryOrder failure, bool weak, Address pc) {
  pending(OpKind::atomic_rmw, address, pc);
  context_.sched();
  done();
  Atomic<kThreads>& atomic = atomic_of(address, size, true, pc);
  const std::uint64_t old = atomic.latest;
  bool stores = old == (*expected & mask_of(size));
  if (stores && weak) {
    // With Relacy's own chances: one in four, in a search by depth once for each atomic.
    if constexpr (kRandom) {
      stores = scheduler().rand(4, rl::sched_type_cas_fail) != 0;
    } else if (!atomic.failed_spuriously) {
      stores = scheduler().rand(2, rl::sched_type_cas_fail) != 0;
      atomic.failed_spuriously = !stores;
    }
  }
  if (stores) {
    desired &= mask_of(size);
    stored(atomic, address, size, relacy_rmw(info(), &atomic.data, success), desired, pc);
    record(OpKind::atomic_rmw, address, size, success, pc, kNoThread, desired, old);
    return true;
  }
  relacy_load_for_rmw(info(), &atomic.data, failure);
  loaded(atomic, pc);
  *expected = old;
  record(OpKind::atomic_cas_fail, address, size, failure, pc, kNoThread, old);
  return false;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::atomic16(Address address, OpKind kind, MemoryOrder order,
                                        Address pc) {
  pending(kind, address, pc);
  context_.sched();
  done();
  // Relacy has no values of 16 bytes. The hook works on memory, so every thread sees the latest
  // value; what remains is the order that the operation makes and is held to.
  for (const Address half : {address, address + 8}) {
    Atomic<kThreads>& atomic = atomic_of(half, 8, writes(kind), pc);
    if (!writes(kind)) {
      relacy_load_for_rmw(info(), &atomic.data, order);
      loaded(atomic, pc);
    } else {
      const unsigned position = kind == OpKind::atomic_store
                                    ? relacy_store(info(), &atomic.data, order)
                                    : relacy_rmw(info(), &atomic.data, order);
      stored(atomic, half, 8, position, atomic.latest, pc);
    }
  }
  record(kind, address, 16, order, pc);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::fence(MemoryOrder order, Address pc) {
  pending(OpKind::fence, 0, pc);
  switch (order) {
    case MemoryOrder::relaxed:
      break;
    case MemoryOrder::consume:
    case MemoryOrder::acquire:
      context().atomic_thread_fence_acquire();
      break;
    case MemoryOrder::release:
      context().atomic_thread_fence_release();
      break;
    case MemoryOrder::acq_rel:
      context().atomic_thread_fence_acq_rel();
      break;
    case MemoryOrder::seq_cst:
      context().atomic_thread_fence_seq_cst();
      break;
  }
  done();
  record(OpKind::fence, 0, 0, order, pc);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::annotate(Address address, bool release) {
  auto& sync = object_of(annotated_, annotated_pool_, reinterpret_cast<const void*>(address));
  if (release) {
    sync.release(&info());
  } else {
    sync.acquire(&info());
  }
}

// ---- threads ----------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::thread_create(pthread_t* thread, void* (*start)(void*),
                                            void* argument, Address pc) {
  ++me().steps;
  if (!scheduler().can_create()) {
    too_many_threads_ = true;
    leave_run();
  }
  ++created_;
  update_alone();
  ThreadState& state = threads_[index(created_)];
  state.start = start;
  state.argument = argument;
  g_fibers->reset(created_);
  state.sync = context().create_thread(&Runner::thread_main, &state);
  *thread = TlsLender::handle(g_fibers->base[index(created_)]);
  record(OpKind::thread_create, 0, 0, MemoryOrder::relaxed, pc, static_cast<ThreadId>(created_));
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void* Runner<kThreads, Search>::thread_main(void* argument) noexcept {
  auto& state = *static_cast<ThreadState*>(argument);
  self_->record(OpKind::thread_start, 0, 0, MemoryOrder::relaxed, 0);
  self_->end_thread(state.start(state.argument), 0);
  __builtin_unreachable();  // compilers do not look into templates for what does not return
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::run_destructors() {
  auto& destructors = me().destructors;
  while (!destructors.empty()) {
    const auto [destructor, object] = destructors.back();
    destructors.pop_back();
    destructor(object);
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::end_thread(void* value, Address pc) {
  run_destructors();
  ThreadState& state = me();
  ++state.steps;
  state.result = value;
  state.finished = true;
  record(OpKind::thread_exit, 0, 0, MemoryOrder::relaxed, pc);
  info().on_finish();
  switch (scheduler().thread_finished()) {
    case rl::thread_finish_result_last:
      // main called pthread_exit(): the process ends with its last thread, and with success.
      end_program(0, pc);
    case rl::thread_finish_result_deadlock:
      relacy_failed(rl::test_result_deadlock);
      break;
    case rl::thread_finish_result_normal:
      break;
  }
  context_.sched();
  __builtin_unreachable();  // nobody switches to a thread that has ended
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
ThreadState* Runner<kThreads, Search>::thread_of(pthread_t handle) {
  for (int i = 0; i <= created_; ++i) {
    if (TlsLender::handle(g_fibers->base[index(i)]) == handle) return &threads_[index(i)];
  }
  return nullptr;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::thread_join(pthread_t handle, void** value, Address pc) {
  ThreadState* other = thread_of(handle);
  if (other == nullptr) return ESRCH;
  if (other == &me()) return EDEADLK;
  // Relacy has nothing that would tell the end of the thread that runs main.
  if (other == &threads_[0] || other->joined || other->detached) return EINVAL;
  const auto id = static_cast<ThreadId>(other - threads_.data());
  pending(OpKind::thread_join, 0, pc, id);
  other->sync->wait(false, false, kNowhere);
  done();
  other->joined = true;
  ++joined_;
  update_alone();
  // Clocks of threads that others joined come to main with theirs; only main's own count is used.
  if (current() != 0) alone_ = false;
  if (value != nullptr) *value = other->result;
  record(OpKind::thread_join, 0, 0, MemoryOrder::relaxed, pc, id);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::thread_detach(pthread_t handle, Address pc) {
  ThreadState* other = thread_of(handle);
  if (other == nullptr) return ESRCH;
  if (other->joined || other->detached) return EINVAL;
  other->detached = true;
  ++me().steps;
  record(OpKind::thread_detach, 0, 0, MemoryOrder::relaxed, pc,
         static_cast<ThreadId>(other - threads_.data()));
  return 0;
}

// ---- locks ------------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::lock(pthread_mutex_t* mutex, bool timed, Address pc) {
  pending(OpKind::mutex_lock, address_of(mutex), pc);
  Mutex<kThreads>& shadow = mutex_of(mutex);
  if (shadow.owner == current() && shadow.kind == PTHREAD_MUTEX_ERRORCHECK) {
    done();
    return EDEADLK;
  }
  const bool locked = shadow.data.lock_exclusive(timed, kNowhere);
  done();
  if (!locked) {
    record(OpKind::timeout, address_of(mutex), 0, MemoryOrder::relaxed, pc);
    return ETIMEDOUT;
  }
  shadow.owner = current();
  ++shadow.depth;
  record(OpKind::mutex_lock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::trylock(pthread_mutex_t* mutex, Address pc) {
  pending(OpKind::mutex_lock, address_of(mutex), pc);
  Mutex<kThreads>& shadow = mutex_of(mutex);
  bool locked = false;
  if (shadow.owner == current() && shadow.kind != PTHREAD_MUTEX_RECURSIVE) {
    // An answer to POSIX, an error of the program to Relacy.
    context_.sched();
  } else {
    locked = shadow.data.try_lock_exclusive(kNowhere);
  }
  done();
  if (!locked) {
    record(OpKind::mutex_trylock_fail, address_of(mutex), 0, MemoryOrder::relaxed, pc);
    return EBUSY;
  }
  shadow.owner = current();
  ++shadow.depth;
  record(OpKind::mutex_lock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::unlock(pthread_mutex_t* mutex, Address pc) {
  pending(OpKind::mutex_unlock, address_of(mutex), pc);
  Mutex<kThreads>& shadow = mutex_of(mutex);
  if (shadow.owner != current() && (shadow.kind == PTHREAD_MUTEX_ERRORCHECK ||
                                    shadow.kind == PTHREAD_MUTEX_RECURSIVE)) {
    done();
    return EPERM;
  }
  shadow.data.unlock_exclusive(kNowhere);
  done();
  // No other thread has run since Relacy gave the mutex up.
  if (--shadow.depth == 0) shadow.owner = Mutex<kThreads>::kFree;
  record(OpKind::mutex_unlock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::destroy_mutex(pthread_mutex_t* mutex) {
  ++me().steps;
  auto* entry = mutexes_.find(address_of(mutex));
  if (entry == nullptr || entry->object == nullptr) return 0;
  if (entry->object->owner != Mutex<kThreads>::kFree) return EBUSY;
  entry->object = nullptr;
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::wait(pthread_cond_t* cond, pthread_mutex_t* mutex, bool timed,
                                   Address pc) {
  pending(OpKind::cond_wait, address_of(cond), pc, kNoThread, address_of(mutex));
  record(OpKind::cond_wait, address_of(cond), 0, MemoryOrder::relaxed, pc, kNoThread,
         std::nullopt, std::nullopt, address_of(mutex));
  Condition<kThreads>& condition = condition_of(cond);
  Mutex<kThreads>& shadow = mutex_of(mutex);
  const WaitingMutex waiting(*this, condition, shadow);
  // In this class's base the function is public.
  rl::condvar_data& data = condition.data;
  const rl::sema_wakeup_reason reason = data.wait(waiting, timed, kNowhere);
  done();
  ++me().steps;
  const bool timed_out = reason == rl::sema_wakeup_reason_timeout;
  if (timed_out) record(OpKind::timeout, address_of(cond), 0, MemoryOrder::relaxed, pc);
  record(OpKind::mutex_lock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
  return timed_out ? ETIMEDOUT : 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::notify(pthread_cond_t* cond, bool all, Address pc) {
  const OpKind kind = all ? OpKind::cond_broadcast : OpKind::cond_signal;
  pending(kind, address_of(cond), pc);
  Condition<kThreads>& condition = condition_of(cond);
  rl::condvar_data& data = condition.data;
  if (all) {
    data.notify_all(kNowhere);
  } else {
    data.notify_one(kNowhere);
  }
  done();
  if (condition.waiters == 0) {
    condition.notifier = current_id();
    condition.notifier_pc = pc;
  } else {
    condition.waiters = all ? 0 : condition.waiters - 1;
  }
  record(kind, address_of(cond), 0, MemoryOrder::relaxed, pc);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::destroy_condition(pthread_cond_t* cond) {
  ++me().steps;
  auto* entry = conditions_.find(address_of(cond));
  if (entry != nullptr && entry->object != nullptr && entry->object->waiters == 0) {
    entry->object = nullptr;
  }
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::give_way(OpKind kind, Address pc) {
  pending(kind, 0, pc);
  record(kind, 0, 0, MemoryOrder::relaxed, pc);
  context().yield(1, kNowhere);
  done();
  return 0;
}

// ---- the hooks --------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
EngineTable Runner<kThreads, Search>::make_table(bool recording) {
  EngineTable table{};
  table.read[0] = [](Address a, Address pc) { self_->template access<false>(a, 1, pc); };
  table.read[1] = [](Address a, Address pc) { self_->template access<false>(a, 2, pc); };
  table.read[2] = [](Address a, Address pc) { self_->template access<false>(a, 4, pc); };
  table.read[3] = [](Address a, Address pc) { self_->template access<false>(a, 8, pc); };
  table.read[4] = [](Address a, Address pc) { self_->template access<false>(a, 16, pc); };
  table.write[0] = [](Address a, Address pc) { self_->template access<true>(a, 1, pc); };
  table.write[1] = [](Address a, Address pc) { self_->template access<true>(a, 2, pc); };
  table.write[2] = [](Address a, Address pc) { self_->template access<true>(a, 4, pc); };
  table.write[3] = [](Address a, Address pc) { self_->template access<true>(a, 8, pc); };
  table.write[4] = [](Address a, Address pc) { self_->template access<true>(a, 16, pc); };
  table.read_range = [](Address a, std::size_t size, Address pc) {
    self_->template access_range<false>(a, size, pc);
  };
  table.write_range = [](Address a, std::size_t size, Address pc) {
    self_->template access_range<true>(a, size, pc);
  };
  // Call stacks are wanted of the runs that are shown, not of those that are counted.
  table.func_entry = [](Address) {};
  table.func_exit = [] {};
  if (recording) {
    table.func_entry = [](Address pc) {
      ThreadState& thread = self_->me();
      if (thread.depth < thread.frames.size()) thread.frames[thread.depth] = pc;
      ++thread.depth;
    };
    table.func_exit = [] {
      ThreadState& thread = self_->me();
      if (thread.depth != 0) --thread.depth;
    };
  }
  table.atomic_load = [](Address a, unsigned size, MemoryOrder order, Address pc) {
    return self_->atomic_load(a, size, order, pc);
  };
  table.atomic_store = [](Address a, unsigned size, std::uint64_t value, MemoryOrder order,
                          Address pc) { self_->atomic_store(a, size, value, order, pc); };
  table.atomic_rmw = [](Address a, unsigned size, RmwKind kind, std::uint64_t operand,
                        MemoryOrder order, Address pc) {
    return self_->atomic_rmw(a, size, kind, operand, order, pc);
  };
  table.atomic_cas = [](Address a, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                        MemoryOrder success, MemoryOrder failure, bool weak, Address pc) {
    return self_->atomic_cas(a, size, expected, desired, success, failure, weak, pc);
  };
  table.atomic16 = [](Address a, OpKind kind, MemoryOrder order, Address pc) {
    self_->atomic16(a, kind, order, pc);
  };
  table.fence = [](MemoryOrder order, Address pc) { self_->fence(order, pc); };
  table.annotate = [](Address a, bool release) { self_->annotate(a, release); };
  table.thread_create = [](pthread_t* thread, const pthread_attr_t*, void* (*start)(void*),
                           void* argument, Address pc) {
    return self_->thread_create(thread, start, argument, pc);
  };
  table.thread_join = [](pthread_t thread, void** value, Address pc) {
    return self_->thread_join(thread, value, pc);
  };
  table.thread_detach = [](pthread_t thread, Address pc) {
    return self_->thread_detach(thread, pc);
  };
  table.thread_atexit = [](void (*destructor)(void*), void* object, void*) {
    const RuntimeScope scope;
    self_->me().destructors.emplace_back(destructor, object);
    return 0;
  };
  table.thread_exit = [](void* value, Address pc) { self_->end_thread(value, pc); };
  table.mutex_lock = [](pthread_mutex_t* m, Address pc) { return self_->lock(m, false, pc); };
  table.mutex_trylock = [](pthread_mutex_t* m, Address pc) { return self_->trylock(m, pc); };
  table.mutex_unlock = [](pthread_mutex_t* m, Address pc) { return self_->unlock(m, pc); };
  // Relacy has no clock: a time limit may run out at any moment, or never.
  table.mutex_timedlock = [](pthread_mutex_t* m, clockid_t, const timespec*, Address pc) {
    return self_->lock(m, true, pc);
  };
  table.mutex_destroy = [](pthread_mutex_t* m, Address) { return self_->destroy_mutex(m); };
  table.cond_wait = [](pthread_cond_t* c, pthread_mutex_t* m, Address pc) {
    return self_->wait(c, m, false, pc);
  };
  table.cond_timedwait = [](pthread_cond_t* c, pthread_mutex_t* m, clockid_t, const timespec*,
                            Address pc) { return self_->wait(c, m, true, pc); };
  table.cond_signal = [](pthread_cond_t* c, Address pc) { return self_->notify(c, false, pc); };
  table.cond_broadcast = [](pthread_cond_t* c, Address pc) { return self_->notify(c, true, pc); };
  table.cond_destroy = [](pthread_cond_t* c, Address) { return self_->destroy_condition(c); };
  table.yield = [](Address pc) { return self_->give_way(OpKind::yield, pc); };
  table.sleep = [](const timespec*, Address pc) { return self_->give_way(OpKind::sleep, pc); };
  table.clock_gettime = [](clockid_t clock, timespec* now) {
    return real().clock_gettime(clock, now);
  };
  table.exit = [](int status, Address pc) { self_->end_program(status, pc); };
  table.abort = [](Address pc) {
    native::AbortReason reason;
    {
      const RuntimeScope scope;
      reason = native::explain_abort(pc);
    }
    self_->fail(reason.kind, reason.message.c_str(), pc);
  };
  table.assert_fail = [](const char* expression, const char* file, unsigned line,
                         const char* function, Address pc) {
    const native::MessageBuffer message =
        native::assertion_message(expression, file, line, function);
    self_->fail(FailureKind::assertion, message.c_str(), pc);
  };
  return table;
}

// ---- the engine -------------------------------------------------------------------------------------

class RelacyEngine final : public Engine {
 public:
  bool execute(const Job& job, RunHost& host) override;

 private:
  // A runner for the search with room for this many threads. Null: no memory or no threads.
  RunnerBase* runner(const RelacySearch& search, rl::thread_id_t threads);
  // Executes the run, with more threads if need be. False: not even kManyThreads were enough.
  bool run(const Job& job, std::uint64_t number, RunHost& host, RunResult& result);
  bool report_error(const Job& job, RunHost& host, std::string message);

  std::unique_ptr<Fibers> fibers_;
  std::unique_ptr<RunnerBase> runner_;
  RelacySearch search_;
  rl::thread_id_t threads_ = 0;
  rl::thread_id_t wanted_threads_ = kFewThreads;
  RandomRun random_;
  // A search by depth goes on where it was: what the next run's number is.
  std::uint64_t next_run_ = 0;
  bool exhausted_ = false;
};

RunnerBase* RelacyEngine::runner(const RelacySearch& search, rl::thread_id_t threads) {
  if (runner_ != nullptr && search == search_ && threads == threads_) return runner_.get();
  runner_.reset();
  if (fibers_ == nullptr) {
    fibers_ = std::make_unique<Fibers>();
    g_fibers = fibers_.get();
  }
  if (!fibers_->prepare(threads)) return nullptr;
  search_ = search;
  threads_ = threads;
  const bool few = threads == kFewThreads;
  if (search.random) {
    if (few) {
      runner_ = std::make_unique<Runner<kFewThreads, RandomScheduler>>(search.bound);
    } else {
      runner_ = std::make_unique<Runner<kManyThreads, RandomScheduler>>(search.bound);
    }
  } else if (few) {
    runner_ = std::make_unique<Runner<kFewThreads, TreeScheduler>>(search.bound);
  } else {
    runner_ = std::make_unique<Runner<kManyThreads, TreeScheduler>>(search.bound);
  }
  next_run_ = 0;
  exhausted_ = false;
  return runner_.get();
}

bool RelacyEngine::report_error(const Job& job, RunHost& host, std::string message) {
  RunResult result;
  result.run = job.first_run;
  result.outcome = HarnessError{std::move(message)};
  host.begin_run(job.first_run);
  host.end_run(result);
  return true;
}

bool RelacyEngine::run(const Job& job, std::uint64_t number, RunHost& host, RunResult& result) {
  const RunOrder order{.random = random_,
                       .step_limit = job.step_limit,
                       .record = job.record_trace || job.replay};
  while (true) {
    host.restore();
    host.begin_run(number);
    if (runner_->execute(order, host.program(), result)) return true;
    if (threads_ == kManyThreads) {
      result.outcome = GaveUp{"the run made more than " + std::to_string(kManyThreads - 1) +
                              " threads, which is what the relacy engine can follow"};
      return true;
    }
    // The choices so far are the same whatever the number of threads that there could be.
    const std::vector<std::uint8_t> path = runner_->path();
    const std::uint64_t next_run = next_run_;
    wanted_threads_ = kManyThreads;
    if (runner(search_, kManyThreads) == nullptr) return false;
    runner_->set_path(path);
    next_run_ = next_run;
  }
}

bool RelacyEngine::execute(const Job& job, RunHost& host) {
  std::optional<RelacyState> state;
  auto search = parse_relacy_search(job.relacy_search);
  if (job.replay) {
    state = parse_relacy_state(job.relacy_state);
    if (!state) return report_error(job, host, "not a state of Relacy: " + job.relacy_state);
    const auto* tree = std::get_if<TreeRun>(&*state);
    search = tree == nullptr ? RelacySearch{}
                             : RelacySearch{.random = false, .bound = tree->bound};
  }
  if (!search) {
    return report_error(job, host,
                        "no search of Relacy: " + job.relacy_search +
                            " (there are random, full and bound:N with N up to 1000)");
  }
  constexpr const char* kNoMemory = "the system has no memory or no threads for Relacy's fibers";
  try {
    if (runner(*search, wanted_threads_) == nullptr) return report_error(job, host, kNoMemory);

    const bool by_depth = !search->random;
    if (by_depth && (job.replay || job.first_run != next_run_)) {
      next_run_ = 0;
      exhausted_ = false;
      runner_->set_path(job.replay ? std::get<TreeRun>(*state).path
                                   : std::vector<std::uint8_t>{});
    }
    RunResult result;
    const std::uint64_t runs = job.replay ? 1 : job.runs;
    const std::uint64_t end = job.first_run + runs;
    // A search by depth finds a run by executing those before it.
    for (std::uint64_t number = by_depth && !job.replay ? next_run_ : job.first_run; number < end;
         ++number) {
      if (exhausted_) return false;
      random_ = job.replay && state && std::holds_alternative<RandomRun>(*state)
                    ? std::get<RandomRun>(*state)
                    : RandomRun{job.seed, number};
      if (!run(job, number, host, result)) return report_error(job, host, kNoMemory);
      result.run = number;
      result.relacy_state.clear();
      if (job.replay) {
        result.relacy_state = job.relacy_state;
      } else if (result.failed()) {
        result.relacy_state = by_depth ? to_text(TreeRun{search->bound, runner_->path()})
                                       : to_text(random_);
      }
      if (by_depth) {
        exhausted_ = !runner_->advance();
        next_run_ = number + 1;
      }
      if (number >= job.first_run && !host.end_run(result)) return true;
    }
    if (job.replay) next_run_ = 0;
    return !(by_depth && !job.replay && exhausted_);
  } catch (const std::bad_alloc&) {
    return report_error(job, host, kNoMemory);
  }
}

}  // namespace
}  // namespace heddle::relacy

namespace heddle {

std::unique_ptr<Engine> make_relacy_engine() {
  return std::make_unique<relacy::RelacyEngine>();
}

}  // namespace heddle
