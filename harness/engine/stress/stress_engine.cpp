#include "harness/engine/stress/stress_engine.h"

#include <signal.h>
#include <ucontext.h>

#include <array>
#include <exception>
#include <optional>

#include "harness/engine/native/motion_watch.h"
#include "harness/engine/native/program_image.h"
#include "harness/engine/stress/monitor.h"
#include "harness/engine/stress/stress_hooks.h"
#include "harness/engine/stress/stress_run.h"
#include "harness/hooks/caught_abort.h"
#include "harness/hooks/cleanup.h"
#include "harness/hooks/fault_handlers.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"
#include "harness/hooks/stack_bounds.h"

namespace heddle {
namespace stress {
namespace {

using native::Life;

std::optional<native::ProgramText> g_text;

// ---- signals

constexpr std::array kFaults = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

// A process that the program starts (a death test, say) is not the run: how it ends is the
// program's affair.
void leave_child_processes_alone() {
  [[maybe_unused]] static const int registered = pthread_atfork(nullptr, nullptr, [] {
    t_self = nullptr;
    g_run.become_child();
    remove_handlers(kFaults);
  });
}

// The signal has two meanings: leave the program, and, for a thread that comes by no hook, note
// where you are.
void on_stop(int, siginfo_t*, void* context) {
  ProgramThread* self = t_self;
  if (self != nullptr) native::note_sample(self->slot, context);
  // Elsewhere the thread is on its way to a hook, where it sees by itself that it is to stop, and
  // may hold locks of the C library.
  if (self != nullptr && self->blocking.load() && g_run.stopping()) Run::leave(*self, kStopped);
}

void on_fault(int signal, siginfo_t* info, void* context) {
  ProgramThread* self = t_self;
  if (self == nullptr) {
    // A fault of Heddle's own: let it end the process where it happened.
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    sigaction(signal, &standard, nullptr);
    return;
  }
  const auto pc =
      static_cast<Address>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
  const bool has_address = signal == SIGSEGV || signal == SIGBUS;
  const native::MessageBuffer message = native::signal_message(
      signal, has_address ? reinterpret_cast<Address>(info->si_addr) : 0, has_address);
  // A pc stands just behind the instruction it blames, as return addresses do.
  g_run.end.write(FailureKind::signal, self->id, pc + 1, &self->slot, message.c_str());
  if (g_text->contains(pc)) {
    g_run.request_stop();
    Run::leave(*self, kStopped);
  }
  // Inside some library, whose locks this thread may hold for ever after.
  g_run.lost.store(true);
  const native::Futex never{0};
  for (;;) native::futex_wait(never, 0);
}

class SignalHandlers {
 public:
  SignalHandlers() {
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    // Not deferred: the handlers leave by longjmp, and the next run wants the signals again.
    action.sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO;
    action.sa_sigaction = on_fault;
    install_handlers(kFaults, action, faults_before_);
    action.sa_flags = SA_NODEFER | SA_SIGINFO | SA_RESTART;
    action.sa_sigaction = on_stop;
    sigaction(stop_signal(), &action, &stop_before_);
  }
  SignalHandlers(const SignalHandlers&) = delete;
  SignalHandlers& operator=(const SignalHandlers&) = delete;
  ~SignalHandlers() {
    for (std::size_t i = 0; i < kFaults.size(); ++i) {
      sigaction(kFaults[i], &faults_before_[i], nullptr);
    }
    sigaction(stop_signal(), &stop_before_, nullptr);
  }

 private:
  std::array<struct sigaction, kFaults.size()> faults_before_{};
  struct sigaction stop_before_ {};
};

// An alternate signal stack for main's thread; parked threads have their own. One for all jobs:
// what a run does to it is undone by what it was in the first.
stack_t signal_stack() {
  static std::array<char, std::size_t{64} << 10> memory;
  return {.ss_sp = memory.data(), .ss_flags = 0, .ss_size = memory.size()};
}

// The C++ runtime's own handler prints, and knows only one end of a process: from the second run on
// it says "terminate called recursively".
class TerminateHandler {
 public:
  TerminateHandler() {
    before_ = std::set_terminate(on_terminate);
    // The program's own, of a constructor, stays.
    if (before_ != __gnu_cxx::__verbose_terminate_handler) std::set_terminate(before_);
  }
  TerminateHandler(const TerminateHandler&) = delete;
  TerminateHandler& operator=(const TerminateHandler&) = delete;
  ~TerminateHandler() { std::set_terminate(before_); }

 private:
  [[noreturn]] static void on_terminate() {
    ProgramThread* self = t_self;
    if (self == nullptr) {
      before_();
      __builtin_unreachable();
    }
    // As abort() would, which it stands for.
    if (caught_abort::is_handled()) {
      caught_abort::raise_for({.pc = reinterpret_cast<Address>(__builtin_return_address(0))});
    }
    const native::AbortReason reason = native::explain_terminate();
    // The stack has not been unwound, and the last hooked call is near what went wrong.
    g_run.fail(*self, reason.kind, self->slot.pc.load(), reason.message.c_str());
  }

  static inline std::terminate_handler before_ = nullptr;
};

// Writes the table in force, for as long as it lives.
class TableInForce {
 public:
  TableInForce() {
    program_heap::set_threaded(true);
    cleanup::g_cancel = [](pthread_t thread) {
      return t_self == nullptr ? real().pthread_cancel(thread) : g_run.cancel(thread);
    };
    cleanup::g_has_ended = [](pthread_t thread) { return g_run.would_join(thread); };
    g_find_stack = Run::find_given_stack;
    g_engine_table = &kStressTable;
  }
  TableInForce(const TableInForce&) = delete;
  TableInForce& operator=(const TableInForce&) = delete;
  ~TableInForce() {
    g_engine_table = &passthrough_table();
    g_find_stack = find_stack_before_;
    cleanup::g_has_ended = nullptr;
    cleanup::g_cancel = nullptr;
    program_heap::set_threaded(false);
  }

 private:
  FindStack* const find_stack_before_ = g_find_stack;
};

// ---- the run

// Executes main until it ends, one way or another, on this thread's stack. Not inlined: what its
// caller keeps in registers must survive the longjmp.
[[gnu::noinline]] void run_main(const Program& program, ProgramThread& main) {
  main.base_frame = reinterpret_cast<Address>(__builtin_frame_address(0));
  _pthread_cleanup_push(
      &main.bottom, [](void*) {}, nullptr);
  const int code = sigsetjmp(main.leave, 0);
  if (code == kStopped) return;
  if (code == 0) {
    t_self = &main;
    t_program_code = true;
    const int status = program.call_main();
    if (g_run.is_child()) Run::end_child(status);
    g_run.finish(main, status, 0);
  }
  // pthread_exit() in main: the run ends with its last thread, and with status zero.
  main.slot.life.store(Life::ended, std::memory_order_release);
  if (main.finished.exchange(2) == 1) {
    native::futex_wake(main.finished, static_cast<int>(kMaxThreads));
  }
  g_run.open_gate();
  g_run.wait_for_end(native::kForever, false);
  t_self = &main;
  t_program_code = true;
  g_run.finish(main, 0, 0);
}

// Threads that are told to leave come to a hook, or a signal ends their call. Who waits in code
// that no hook knows of (OpenMP's threads for their next work) does not: another process, which is
// made anew for it, costs less than to wait for long.
constexpr std::uint64_t kLeaveNs = 50'000'000;

class StressEngine final : public Engine {
 public:
  void prepare(RunHost&) override { native::ticks_per_ns(); }

  bool execute(const Job& job, RunHost& host) override {
    g_text.emplace();
    g_run.prepare(job);
    leave_child_processes_alone();
    const SignalStackInForce stack(signal_stack());
    const SignalHandlers handlers;
    const TerminateHandler terminate;
    const TableInForce table;
    {
      const Monitor monitor(job, host);
      for (std::uint64_t i = 0; i < job.runs; ++i) {
        if (!execute_one(job.first_run + i, host)) break;
      }
    }
    g_run.close();
    return true;
  }

 private:
  bool execute_one(std::uint64_t number, RunHost& host) {
    host.restore();
    host.begin_run(number);
    // One run finds who takes an address for an object, the next who uses a freed one.
    program_heap::reuse_at_once(number % 2 == 1);
    g_run.begin(number, main_);
    g_run.set_sequence(Monitor::sequence_of(number));
    run_main(host.program(), main_);
    main_.slot.life.store(Life::ended, std::memory_order_release);
    const bool clean = g_run.wait_for_end(kLeaveNs, true);
    // From here on the monitor does nothing to this run; if it has found it lost, the process ends
    // while it holds the lock.
    g_run.lock_sequence();
    const RunResult result = make_result(g_run, number);
    if (!clean) host.end_run_and_process(result);
    g_run.set_sequence(0);
    g_run.unlock_sequence();
    return host.end_run(result);
  }

  ProgramThread main_;
};

}  // namespace
}  // namespace stress

std::unique_ptr<Engine> make_stress_engine() {
  return std::make_unique<stress::StressEngine>();
}

}  // namespace heddle
