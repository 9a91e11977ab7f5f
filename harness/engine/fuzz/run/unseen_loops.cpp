#include "harness/engine/fuzz/run/unseen_loops.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/native/raw_system.h"
#include "harness/hooks/program_heap.h"

// Where the kernel has a signal handler return to. In the very bytes by which unwinders know it.
asm(R"(
  .pushsection .text
  .balign 16
  .type heddle_signal_return, @function
  .hidden heddle_signal_return
  nop
heddle_signal_return:
  movq $15, %rax
  syscall
  .size heddle_signal_return, . - heddle_signal_return
  .popsection
)");
extern "C" void heddle_signal_return() __attribute__((visibility("hidden")));

namespace heddle {
namespace {

using native::as_argument;
using native::system_call;

// One of the two that the C library keeps for itself, so that no program handles or blocks it: what
// it is for there, setuid() in a process of many threads, is none of a worker's.
constexpr int kSignal = 33;
constexpr long kTickNs = 500'000'000;

bool g_any = false;

// As the kernel has it.
struct KernelAction {
  void (*handler)(int, siginfo_t*, void*);
  unsigned long flags;
  void (*restorer)();
  unsigned long mask;
};

void on_tick(int, siginfo_t*, void* context) {
  const int error = errno;
  // Amid Heddle's own work, whatever code it has called.
  if (t_program_code && g_run->under_way()) {
    const auto* interrupted = static_cast<const ucontext_t*>(context);
    g_run->cpu_tick(static_cast<Address>(interrupted->uc_mcontext.gregs[REG_RIP]));
  }
  errno = error;
}

}  // namespace

bool interrupted_any() {
  return g_any;
}

bool CpuTicks::has_timer_ = false;

void CpuTicks::make_timer() {
  // Not the process's number: to ask for it before each run takes a tenth of a short one's time.
  static const int registered = pthread_atfork(nullptr, nullptr, [] { has_timer_ = false; });
  has_timer_ = registered == 0;
  if (!has_timer_) return;
  constexpr unsigned long kRestorer = 0x04000000;  // SA_RESTORER, which no header gives away
  // Not blocked while it is handled: another thread of the program goes on from there.
  const KernelAction action{.handler = on_tick,
                            .flags = SA_SIGINFO | SA_RESTART | SA_NODEFER | kRestorer,
                            .restorer = heddle_signal_return,
                            .mask = 0};
  if (system_call(SYS_rt_sigaction, kSignal, as_argument(&action), 0, sizeof action.mask) < 0) {
    return;
  }
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kSignal;
  event._sigev_un._tid = native::thread_id();
  int timer = 0;
  if (system_call(SYS_timer_create, CLOCK_THREAD_CPUTIME_ID, as_argument(&event),
                  as_argument(&timer)) < 0) {
    return;
  }
  const itimerspec every{.it_interval = {.tv_sec = 0, .tv_nsec = kTickNs},
                         .it_value = {.tv_sec = 0, .tv_nsec = kTickNs}};
  system_call(SYS_timer_settime, timer, 0, as_argument(&every), 0);
}

void Run::cpu_tick(Address pc) {
  const FuzzThread& self = *running_.thread;
  const std::uint64_t steps = steps_of_all();
  // The whole of a part of the time is to have passed in it.
  const bool same = unseen_.thread == self.id && unseen_.steps == steps;
  unseen_.thread = self.id;
  unseen_.steps = steps;
  // Within the C library, say, locks may be held that others will want.
  if (!same || ready_.size() == 1 || !code_.contains(pc)) return;
  const std::uint64_t others = steps - unseen_.own_steps;
  unseen_.in_a_row = others == unseen_.last_steps ? unseen_.in_a_row + 1 : 0;
  unseen_.last_steps = others;
  // All of them wait for nothing that is to come: a hang, and the supervisor sees it.
  if (unseen_.in_a_row > used_threads_) return;
  interrupt(pc);
}

void Run::interrupt(Address pc) {
  FuzzThread& self = *running_.thread;
  g_any = true;
  const std::uint64_t steps = steps_of_all();
  next_step();
  end_round();
  disturb_watch();
  const Op& op = begin_op({.kind = OpKind::interrupt, .pc = pc});
  looked(op);
  // Until nobody else can go on: to try it earlier costs another second each time.
  unseen_.own_steps += steps_of_all() - steps + 1;  // and that of block()
  begin_timer(self, self.clock.now(), [](FuzzThread& thread) { g_run->enable(thread); });
  block();
}

}  // namespace heddle
