#include "harness/hooks/program_signals.h"

namespace heddle::program_signals {

constinit Actions g_actions{};
constinit FiberSignals g_fiber_signals;

void call(const Arrived& arrived, ucontext_t* context) {
  siginfo_t info = arrived.info;
  if ((arrived.action.sa_flags & SA_SIGINFO) != 0) {
    arrived.action.sa_sigaction(arrived.number, &info, context);
  } else {
    arrived.action.sa_handler(arrived.number);
  }
}

}  // namespace heddle::program_signals
