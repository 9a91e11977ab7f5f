#include "harness/engine/fuzz/fuzz_engine.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <memory>
#include <variant>

#include "fuzz/strategy/replay.h"
#include "fuzz/strategy/strategy.h"
#include "harness/engine/fuzz/access.h"
#include "harness/engine/fuzz/scheduler.h"
#include "harness/engine/fuzz/virtual_time.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"

namespace heddle {

constinit Scheduler* g_scheduler = nullptr;

namespace {

Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

template <bool kReplay, bool kWrite, unsigned kSize>
void access(Address address, Address pc) {
  g_scheduler->access<kReplay, kWrite>(address, kSize, pc);
}

template <bool kReplay, bool kWrite>
void range(Address address, std::size_t size, Address pc) {
  // One scheduling point for the whole of it, as for any other access.
  constexpr std::size_t kMost = std::size_t{1} << 30;
  g_scheduler->access<kReplay, kWrite>(address, static_cast<unsigned>(std::min(size, kMost)), pc);
}

// `kReplay`: every plain access is a scheduling point, since a schedule may name any.
template <bool kReplay>
constexpr EngineTable make_table() {
  EngineTable table = {};
  table.read[0] = access<kReplay, false, 1>;
  table.read[1] = access<kReplay, false, 2>;
  table.read[2] = access<kReplay, false, 4>;
  table.read[3] = access<kReplay, false, 8>;
  table.read[4] = access<kReplay, false, 16>;
  table.write[0] = access<kReplay, true, 1>;
  table.write[1] = access<kReplay, true, 2>;
  table.write[2] = access<kReplay, true, 4>;
  table.write[3] = access<kReplay, true, 8>;
  table.write[4] = access<kReplay, true, 16>;
  table.read_range = range<kReplay, false>;
  table.write_range = range<kReplay, true>;
  table.atomic_load = [](Address a, unsigned size, MemoryOrder order, Address pc) {
    return g_scheduler->atomic_load(a, size, order, pc);
  };
  table.atomic_store = [](Address a, unsigned size, std::uint64_t value, MemoryOrder order,
                          Address pc) { g_scheduler->atomic_store(a, size, value, order, pc); };
  table.atomic_rmw = [](Address a, unsigned size, RmwKind kind, std::uint64_t operand,
                        MemoryOrder order, Address pc) {
    return g_scheduler->atomic_rmw(a, size, kind, operand, order, pc);
  };
  table.atomic_cas = [](Address a, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                        MemoryOrder success, MemoryOrder failure, bool weak, Address pc) {
    return g_scheduler->atomic_cas(a, size, expected, desired, success, failure, weak, pc);
  };
  table.atomic16 = [](Address a, OpKind kind, MemoryOrder order, Address pc) {
    g_scheduler->atomic_wide(a, kind, order, pc);
  };
  table.fence = [](MemoryOrder order, Address pc) { g_scheduler->fence(order, pc); };
  table.annotate = [](Address a, bool release) { g_scheduler->annotate(a, release); };

  table.thread_create = [](pthread_t* thread, const pthread_attr_t* attributes,
                           void* (*start)(void*), void* argument, Address pc) {
    return g_scheduler->create(thread, attributes, start, argument, pc);
  };
  table.thread_join = [](pthread_t thread, void** result, Address pc) {
    return g_scheduler->join(thread, result, pc);
  };
  table.thread_detach = [](pthread_t thread, Address) { return g_scheduler->detach(thread); };
  table.thread_atexit = [](void (*destructor)(void*), void* object, void*) {
    g_scheduler->at_thread_exit(destructor, object);
    return 0;
  };
  table.thread_exit = [](void* result, Address) { g_scheduler->exit_thread(result); };

  table.mutex_lock = [](pthread_mutex_t* mutex, Address pc) {
    return g_scheduler->lock(mutex, pc);
  };
  table.mutex_trylock = [](pthread_mutex_t* mutex, Address pc) {
    return g_scheduler->try_lock(mutex, pc) ? 0 : EBUSY;
  };
  table.mutex_unlock = [](pthread_mutex_t* mutex, Address pc) {
    return g_scheduler->unlock(mutex, pc);
  };
  table.mutex_timedlock = [](pthread_mutex_t* mutex, clockid_t, const timespec* deadline,
                             Address pc) {
    return g_scheduler->timed_lock(mutex, virtual_time(*deadline), pc);
  };
  table.mutex_destroy = [](pthread_mutex_t* mutex, Address pc) {
    g_scheduler->destroy(address_of(mutex), pc);
    return 0;
  };
  table.cond_wait = [](pthread_cond_t* cond, pthread_mutex_t* mutex, Address pc) {
    g_scheduler->wait(address_of(cond), mutex, 0, pc);
    return 0;
  };
  table.cond_timedwait = [](pthread_cond_t* cond, pthread_mutex_t* mutex, clockid_t,
                            const timespec* deadline, Address pc) {
    return g_scheduler->wait(address_of(cond), mutex, virtual_time(*deadline), pc) ? 0 : ETIMEDOUT;
  };
  table.cond_signal = [](pthread_cond_t* cond, Address pc) {
    g_scheduler->notify(address_of(cond), false, pc);
    return 0;
  };
  table.cond_broadcast = [](pthread_cond_t* cond, Address pc) {
    g_scheduler->notify(address_of(cond), true, pc);
    return 0;
  };
  table.cond_destroy = [](pthread_cond_t* cond, Address pc) {
    g_scheduler->destroy(address_of(cond), pc);
    return 0;
  };
  table.sync_call = [](const SyncCall& call, Address pc) {
    return g_scheduler->sync_call(call, pc);
  };
  table.unsupported = [](const char* function, Address) { g_scheduler->unsupported(function); };
  table.key_create = [](pthread_key_t* key, void (*destructor)(void*)) {
    return g_scheduler->create_key(key, destructor);
  };
  table.key_delete = [](pthread_key_t key) { return g_scheduler->delete_key(key); };
  table.key_set = [](pthread_key_t key, void* value) { return g_scheduler->set_key(key, value); };
  table.key_get = [](pthread_key_t key) { return g_scheduler->get_key(key); };
  table.heap_free = [](Address block, std::size_t size, Address pc) {
    g_scheduler->heap_free(block, size, pc);
  };
  table.double_free = [](Address block, Address pc) { g_scheduler->double_free(block, pc); };
  table.yield = [](Address pc) {
    g_scheduler->yield(pc);
    return 0;
  };
  table.sleep = [](const timespec* duration, Address pc) {
    g_scheduler->sleep(
        static_cast<std::uint64_t>(duration->tv_sec * kNanosecondsPerSecond + duration->tv_nsec),
        pc);
    return 0;
  };
  table.clock_gettime = [](clockid_t, timespec* now) {
    *now = absolute_time(g_scheduler->read_clock());
    return 0;
  };
  table.exit = [](int status, Address pc) { g_scheduler->exit_process(status, pc); };
  table.abort = [](Address pc) { g_scheduler->abort(pc); };
  table.assert_fail = [](const char* expression, const char*, unsigned, const char*, Address pc) {
    g_scheduler->fail_assertion(expression, pc);
  };
  return table;
}

constexpr EngineTable make_alone_table() {
  EngineTable table = make_table<false>();
  for (auto& read : table.read) read = [](Address, Address) { g_scheduler->access_alone(); };
  for (auto& write : table.write) write = [](Address, Address) { g_scheduler->access_alone(); };
  table.read_range = [](Address, std::size_t, Address) { g_scheduler->access_alone(); };
  table.write_range = table.read_range;
  return table;
}

constexpr EngineTable kAloneTable = make_alone_table();
constexpr EngineTable kSearchTable = make_table<false>();
constexpr EngineTable kReplayTable = make_table<true>();

// Fatal signals of the program under test, while it runs.
class SignalGuard {
 public:
  SignalGuard() {
    // A stack of its own: the program's may be what overflowed.
    constexpr std::size_t kSize = 256 * 1024;
    stack_.ss_sp = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_.ss_size = kSize;
    stack_.ss_flags = 0;
    sigaltstack(&stack_, &old_stack_);
    struct sigaction action = {};
    action.sa_sigaction = handle;
    // Left by jumping away: the signal must not stay blocked.
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &old_[i]);
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
  ~SignalGuard() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &old_[i], nullptr);
    sigaltstack(&old_stack_, nullptr);
    munmap(stack_.ss_sp, stack_.ss_size);
  }

 private:
  static constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

  static void handle(int number, siginfo_t* info, void* context) {
    if (g_scheduler->running()) {
      const auto* state = static_cast<const ucontext_t*>(context);
      g_scheduler->on_signal(number, static_cast<Address>(state->uc_mcontext.gregs[REG_RIP]),
                             address_of(info->si_addr));
    }
    // Not the program's doing: die of it, so that the supervisor sees an error of Heddle's own.
    signal(number, SIG_DFL);
    raise(number);
  }

  stack_t stack_ = {};
  stack_t old_stack_ = {};
  std::array<struct sigaction, kSignals.size()> old_ = {};
};

class FuzzEngine final : public Engine {
 public:
  bool execute(const Job& job, RunHost& host) override {
    std::unique_ptr<Strategy> strategy;
    if (job.replay) {
      strategy = std::make_unique<Replay>(job.schedule);
    } else {
      auto made = make_strategy(job.strategy, job.seed);
      if (const auto* error = std::get_if<StrategyError>(&made)) {
        RunResult result;
        result.outcome = HarnessError{error->message};
        host.end_run(result);
        return true;
      }
      strategy = std::move(std::get<std::unique_ptr<Strategy>>(made));
    }
    if (scheduler_ == nullptr) {
      scheduler_ = std::make_unique<Scheduler>(host);
      g_scheduler = scheduler_.get();
    }
    program_heap::g_on_reuse = [](Address begin, std::size_t size) {
      g_scheduler->forget(begin, size);
    };
    program_heap::g_on_allocate = job.leaks ? [](Address block) { g_scheduler->allocated(block); }
                                            : program_heap::AllocateCallback{};
    if (!strategy->set_state(job.strategy_state)) {
      RunResult result;
      result.outcome = HarnessError{"the state of the search is not one of strategy '" +
                                    job.strategy + "'; begin without it"};
      host.end_run(result);
      return true;
    }
    const SignalGuard signals;
    const EngineTables tables = job.replay ? EngineTables{&kReplayTable, &kReplayTable}
                                           : EngineTables{&kAloneTable, &kSearchTable};
    scheduler_->begin_job(job, *strategy, tables);
    for (std::uint64_t run = job.first_run; run < job.first_run + job.runs; ++run) {
      if (!strategy->begin_run(run)) {
        host.keep_strategy(strategy->state(), strategy->exploration());
        return false;
      }
      host.begin_run(run);
      host.restore();
      if (!job.replay && run < kComparedRuns) {
        compare(*strategy, run, host);
        strategy->begin_run(run);
        host.restore();
      }
      const RunResult& result = scheduler_->run(run);
      const RunEnd end{.decisions = result.decisions,
                       .cut = result.cut,
                       .limit = std::holds_alternative<GaveUp>(result.outcome),
                       .given_up = result.redundant};
      const bool learned = scheduler_->has_learned();
      // A failure that is reported should come again by its token.
      const bool is_new = std::holds_alternative<Failed>(result.outcome) || !result.reports.empty();
      if (is_new && !job.replay && run >= kComparedRuns) {
        const RunResult saved = result;
        compare(*strategy, run, host);
        strategy->end_run(end);
        if (job.learns_racy) scheduler_->keep_learned();
        if (!host.end_run(saved)) break;
        continue;
      }
      strategy->end_run(end);
      if (job.learns_racy) scheduler_->keep_learned();
      if (!host.end_run(result)) break;
      // The search is over programs in which all places that race are scheduling points.
      if (learned && strategy->follows() && strategy->exploration().has_value()) return true;
    }
    host.keep_strategy(strategy->state(), strategy->exploration());
    return true;
  }

 private:
  // Of each search: most programs that cannot be repeated show it at once.
  static constexpr std::uint64_t kComparedRuns = 2;

  void compare(Strategy& strategy, std::uint64_t run, RunHost& host) {
    const auto begin = [&] {
      strategy.begin_run(run);
      host.restore();
    };
    const auto divergence = scheduler_->compare(run, begin);
    if (divergence.has_value()) host.report_divergence(*divergence);
  }

  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace

std::unique_ptr<Engine> make_fuzz_engine() {
  return std::make_unique<FuzzEngine>();
}

}  // namespace heddle
