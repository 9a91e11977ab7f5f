#include "harness/engine/native/thread_timer.h"

#include <errno.h>
#include <pthread.h>

#include "harness/engine/native/raw_system.h"

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

namespace heddle::native {
namespace {

// As the kernel has it.
struct KernelAction {
  void (*handler)(int, siginfo_t*, void*);
  unsigned long flags;
  void (*restorer)();
  unsigned long mask;
};

}  // namespace

std::uint64_t ThreadTimer::g_process = 1;
// Not when a timer is first set: that may be amid a signal, and this allocates.
const int ThreadTimer::g_told_of_forks = pthread_atfork(nullptr, nullptr, [] { ++g_process; });

void ThreadTimer::on_signal(int /*number*/, siginfo_t* info, void* context) {
  // Sent by hand, it names no timer.
  if (info->si_code != SI_TIMER) return;
  const int error = errno;
  const auto* const timer = static_cast<const ThreadTimer*>(info->si_ptr);
  timer->handler_(static_cast<ucontext_t*>(context));
  errno = error;
}

void ThreadTimer::make() {
  // A child that could not be told of would believe that it has one.
  if (g_told_of_forks != 0) return;
  made_in_ = g_process;
  timer_ = -1;
  constexpr unsigned long kRestorer = 0x04000000;  // SA_RESTORER, which no header gives away
  // Not blocked while it is handled: another thread of the program may go on from there.
  const KernelAction action{.handler = on_signal,
                            .flags = SA_SIGINFO | SA_RESTART | SA_NODEFER | kRestorer,
                            .restorer = heddle_signal_return,
                            .mask = 0};
  if (system_call(SYS_rt_sigaction, signal_, as_argument(&action), 0, sizeof action.mask) < 0) {
    return;
  }
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = signal_;
  event.sigev_value.sival_ptr = this;
  event._sigev_un._tid = thread_id();
  int timer = 0;
  if (system_call(SYS_timer_create, clock_, as_argument(&event), as_argument(&timer)) == 0) {
    timer_ = timer;
  }
}

void ThreadTimer::set(std::uint64_t first_ns, std::uint64_t every_ns) {
  if (!is_made()) make();
  if (timer_ < 0) return;
  const itimerspec times{.it_interval = to_timespec(every_ns), .it_value = to_timespec(first_ns)};
  system_call(SYS_timer_settime, timer_, 0, as_argument(&times), 0);
}

}  // namespace heddle::native
