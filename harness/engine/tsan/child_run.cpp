#include "harness/engine/tsan/child_run.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <string>

#include "harness/engine/native/motion_watch.h"
#include "harness/engine/native/program_image.h"
#include "harness/engine/tsan/left_behind.h"
#include "harness/hooks/caught_abort.h"
#include "harness/hooks/fault_handlers.h"

#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))
#define HEDDLE_PC reinterpret_cast<heddle::Address>(__builtin_return_address(0))

namespace heddle::tsan {

constinit SharedRun* g_shared = nullptr;
constinit thread_local TsanThread* t_self = nullptr;

namespace {

using native::Life;

// Tells the watching process that the run is over.
void announce(bool reusable) {
  g_shared->reusable.store(reusable, std::memory_order_relaxed);
  g_shared->done.fetch_add(1, std::memory_order_release);
  native::futex_wake(g_shared->done, 1, true);
}

[[noreturn]] void end_run_and_process() {
  announce(false);
  native::end_process(0);
}

[[noreturn]] void wait_for_end_of_process() {
  const native::Futex never{0};
  for (;;) native::futex_wait(never, 0);
}

[[noreturn]] void fail(FailureKind kind, Address pc, const char* message) {
  TsanThread& self = *t_self;
  // Out of reach of the hooks: what follows is no part of the program.
  t_self = nullptr;
  if (!g_shared->end.write(kind, self.id, pc, &self.slot, message)) {
    // Another thread is ending the process at this moment.
    wait_for_end_of_process();
  }
  end_run_and_process();
}

bool g_forked = false;  // the process is one that the program has made

void finish(int status, Address pc) {
  // As the shell sees it: the lowest eight bits.
  if ((status & 0xff) == 0) {
    g_shared->end.pass();
    return;
  }
  native::MessageBuffer message;
  message.add("exit status ").add(std::int64_t{status & 0xff});
  g_shared->end.write(FailureKind::exit_status, t_self->id, pc, &t_self->slot, message.c_str());
}

extern "C" void heddle_tsan_return_from_signal() __attribute__((visibility("hidden")));
asm(".pushsection .text\n"
    ".globl heddle_tsan_return_from_signal\n"
    ".hidden heddle_tsan_return_from_signal\n"
    ".type heddle_tsan_return_from_signal, @function\n"
    "heddle_tsan_return_from_signal:\n"
    "mov $15, %eax\n"  // rt_sigreturn
    "syscall\n"
    ".size heddle_tsan_return_from_signal, .-heddle_tsan_return_from_signal\n"
    ".popsection\n");

constexpr std::array kFaults = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

void on_fault(int signal, siginfo_t* info, void* context) {
  if (t_self == nullptr) {
    // A fault of Heddle's own or of the runtime's: the watching process sees how this one ends.
    native::system_call(SYS_kill, native::process_id(), SIGKILL);
    return;
  }
  const auto pc =
      static_cast<Address>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
  const bool has_address = signal == SIGSEGV || signal == SIGBUS;
  const native::MessageBuffer message = native::signal_message(
      signal, has_address ? reinterpret_cast<Address>(info->si_addr) : 0, has_address);
  // A pc stands just behind the instruction it blames, as return addresses do.
  fail(FailureKind::signal, pc + 1, message.c_str());
}

// A signal that the runtime does not know of: of those that it does it puts handlers off until the
// thread calls something that it knows, and this one is for threads that do not.
void handle_samples() {
  // As the kernel has it; see sigaction(2).
  struct {
    void (*handler)(int, siginfo_t*, void*);
    unsigned long flags;
    void (*restorer)();
    std::uint64_t mask;
  } action{};
  constexpr unsigned long kHasRestorer = 0x04000000;
  action.handler = [](int, siginfo_t*, void* context) {
    if (t_self != nullptr) native::note_sample(t_self->slot, context);
  };
  action.flags = SA_SIGINFO | SA_RESTART | kHasRestorer;
  action.restorer = heddle_tsan_return_from_signal;
  native::system_call(SYS_rt_sigaction, native::sampling_signal(), native::as_argument(&action), 0,
                      sizeof action.mask);
}

void handle_faults() {
  static std::array<char, std::size_t{64} << 10> memory;
  const stack_t stack{.ss_sp = memory.data(), .ss_flags = 0, .ss_size = memory.size()};
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  action.sa_sigaction = on_fault;
  std::array<struct sigaction, kFaults.size()> before{};
  install_handlers(kFaults, action, before);
}

// A process that the program starts (a death test, say) is not the run: how it ends is the
// program's affair.
void leave_child_processes_alone() {
  pthread_atfork(nullptr, nullptr, [] {
    t_self = nullptr;
    g_forked = true;
    remove_handlers(kFaults);
  });
}

TsanThread& begin_main() {
  TsanThread& main = g_shared->threads[0];
  g_shared->thread_count.store(1);
  main.id = 0;
  main.gate_budget = 0;
  main.delays.emplace(g_shared->delay, g_shared->seed, g_shared->number, 0, g_shared->ticks_per_ns);
  main.slot.tid.store(native::thread_id(), std::memory_order_relaxed);
  main.slot.handle.store(pthread_self(), std::memory_order_relaxed);
  main.slot.life.store(Life::running, std::memory_order_release);
  return main;
}

// pthread_exit() in main: the run ends with its last thread, and with status zero. Main's stack is
// not unwound, as the frames below main are not made for it.
[[noreturn]] void wait_for_last_thread() {
  t_self = nullptr;
  g_shared->threads[0].slot.life.store(Life::ended, std::memory_order_release);
  const native::Futex never{0};
  for (std::uint32_t i = 1; i < g_shared->threads_used();) {
    const Life life = g_shared->threads[i].slot.life.load(std::memory_order_acquire);
    if (life == Life::ended) {
      ++i;
    } else {
      native::futex_wait(never, 0, 1'000'000);
    }
  }
  if (has_exit_functions()) next<void(int)>("exit")(0);
  g_shared->end.pass();
  end_run_and_process();
}

void execute_one(const Program& program) {
  t_self = &begin_main();
  t_self->base_frame = reinterpret_cast<Address>(__builtin_frame_address(0));
  const int status = program.call_main();
  // How it ends then, the watching process sees.
  if (g_forked || has_exit_functions()) next<void(int)>("exit")(status);
  finish(status, 0);
  t_self = nullptr;
  g_shared->threads[0].slot.life.store(Life::ended, std::memory_order_release);
}

// By which the C library has set the time zone, if it was asked to. It looks at TZ again only where
// that has changed, and no function makes it forget what it has seen.
std::string zone_in_environment() {
  const char* const zone = getenv("TZ");
  return zone == nullptr ? "unset" : "=" + std::string(zone);
}

bool reported_other_than_races() {
  const std::uint32_t count = g_shared->report_count.load();
  if (count > kMaxReports) return true;
  return std::any_of(
      g_shared->reports.begin(), g_shared->reports.begin() + count,
      [](const ReportRecord& report) { return report.kind != FailureKind::data_race; });
}

}  // namespace

void serve_runs(RunHost& host) {
  // A worker that is killed must not leave its runs behind.
  native::system_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  handle_faults();
  handle_samples();
  leave_child_processes_alone();
  begin_mapping_runs();
  const native::ThreadLocals locals;
  const std::string zone = zone_in_environment();
  for (std::uint32_t served = 0;; ++served) {
    // The first time too: what runs of an earlier process have read of standard input is gone for
    // this one, since they share the place in it.
    host.restore();
    if (served > 0) {
      restore_heap();
      restore_maps();
      delete_keys();
      locals.reset_main();
    }
    execute_one(host.program());
    const bool all_joined = g_shared->joins.load() + 1 == g_shared->thread_count.load();
    const bool same_zone = zone_in_environment() == zone;
    const bool put_back = host.put_back() && same_zone;
    if (!put_back) {
      const std::string what = same_zone ? host.left_behind() : "the time zone, by a change of TZ";
      what.copy(g_shared->left_behind.data(), g_shared->left_behind.size() - 1);
    }
    if (!all_joined || reported_other_than_races() || !heap_is_restorable() ||
        !maps_are_restorable() || !put_back) {
      end_run_and_process();
    }
    const std::uint32_t go = g_shared->go.load();
    announce(true);
    while (g_shared->go.load(std::memory_order_acquire) == go) {
      native::futex_wait(g_shared->go, go, native::kForever, true);
    }
  }
}

}  // namespace heddle::tsan

// ---- the ends of the program that the runtime has no part in

namespace heddle::tsan {
namespace {

[[noreturn]] void end_by(const caught_abort::Cause& cause) {
  if (cause.expression != nullptr) {
    const native::MessageBuffer message =
        native::assertion_message(cause.expression, cause.file, cause.line, cause.function);
    fail(FailureKind::assertion, cause.pc, message.c_str());
  }
  const native::AbortReason reason = native::explain_abort(cause.pc);
  fail(reason.kind, cause.pc, reason.message.c_str());
}

// A process that a handler of SIGABRT ends as a failure failed for what the handler is about.
void end_by_abort(int status) {
  if ((status & 0xff) == 0) return;
  if (const caught_abort::Cause* const cause = caught_abort::under_way()) end_by(*cause);
}

[[noreturn]] void end_at_once(int status, Address pc) {
  end_by_abort(status);
  finish(status, pc);
  end_run_and_process();
}

// A handler of SIGABRT may go on with the program elsewhere.
[[noreturn]] void abort_for(const caught_abort::Cause& cause) {
  if (const caught_abort::Cause* const first = caught_abort::under_way()) end_by(*first);
  if (caught_abort::is_handled()) caught_abort::raise_for(cause);
  end_by(cause);
}

}  // namespace
}  // namespace heddle::tsan

HEDDLE_EXPORT __attribute__((noreturn)) void exit(int status) {
  using namespace heddle::tsan;
  if (t_self == nullptr) {
    next<void(int)>("exit")(status);
    __builtin_unreachable();
  }
  if (has_exit_functions()) {
    end_by_abort(status);
    next<void(int)>("exit")(status);
    __builtin_unreachable();
  }
  end_at_once(status, HEDDLE_PC);
}

HEDDLE_EXPORT __attribute__((noreturn)) void pthread_exit(void* result) {
  using namespace heddle::tsan;
  if (t_self != nullptr && t_self->id == 0) wait_for_last_thread();
  next<void(void*)>("pthread_exit")(result);
  __builtin_unreachable();
}

#define HEDDLE_EXIT_AT_ONCE(name)                                 \
  HEDDLE_EXPORT __attribute__((noreturn)) void name(int status) { \
    using namespace heddle::tsan;                                 \
    if (t_self != nullptr) end_at_once(status, HEDDLE_PC);        \
    heddle::native::end_process(status);                          \
  }
HEDDLE_EXIT_AT_ONCE(_exit)
HEDDLE_EXIT_AT_ONCE(_Exit)

HEDDLE_EXPORT __attribute__((noreturn)) void abort() {
  using namespace heddle::tsan;
  if (t_self == nullptr) {
    next<void()>("abort")();
    __builtin_unreachable();
  }
  abort_for({.pc = HEDDLE_PC});
}

HEDDLE_EXPORT __attribute__((noreturn)) void __assert_fail(const char* expression, const char* file,
                                                           unsigned line, const char* function) {
  using namespace heddle::tsan;
  if (t_self == nullptr) {
    next<void(const char*, const char*, unsigned, const char*)>("__assert_fail")(expression, file,
                                                                                 line, function);
    __builtin_unreachable();
  }
  abort_for({expression, file, line, function, HEDDLE_PC});
}

HEDDLE_EXPORT int raise(int signal) noexcept {
  using namespace heddle::tsan;
  if (t_self != nullptr) {
    if (const auto* const cause = heddle::caught_abort::ended_by(signal)) end_by(*cause);
  }
  return next<int(int)>("raise")(signal);
}
