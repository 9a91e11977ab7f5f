#include "harness/engine/relacy/run/fault_guard.h"

#include <ucontext.h>

#include "harness/engine/relacy/run/fibers.h"

namespace heddle::relacy {
namespace {

bool in_program() {
  return g_fibers->current >= 0 && g_fault_handler != nullptr;
}

}  // namespace

// The program's own stack may be what overflowed. One for all jobs: what a run does to it is undone
// by what it was in the first.
stack_t FaultGuard::stack() {
  static std::array<char, std::size_t{64} << 10> memory;
  return {.ss_sp = memory.data(), .ss_flags = 0, .ss_size = memory.size()};
}

FaultGuard::FaultGuard() {
  struct sigaction action = {};
  action.sa_sigaction = on_signal;
  // Left by switching away: the signal must not stay blocked.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  install_handlers(kSignals, action, actions_before_);
  terminate_before_ = std::set_terminate(on_terminate);
  // The program's own, of a constructor, stays.
  if (terminate_before_ != __gnu_cxx::__verbose_terminate_handler) {
    std::set_terminate(terminate_before_);
  }
}

FaultGuard::~FaultGuard() {
  std::set_terminate(terminate_before_);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &actions_before_[i], nullptr);
  }
}

void FaultGuard::on_signal(int number, siginfo_t* information, void* context) {
  if (in_program()) {
    const auto* state = static_cast<const ucontext_t*>(context);
    g_fault_handler->on_signal(number, static_cast<Address>(state->uc_mcontext.gregs[REG_RIP]),
                               reinterpret_cast<Address>(information->si_addr));
  }
  // Not the program's doing: die of it, and be seen to have died.
  signal(number, SIG_DFL);
  raise(number);
}

// The C++ runtime's own handler prints, and from the second run on says "terminate called
// recursively".
void FaultGuard::on_terminate() {
  if (in_program()) {
    g_fault_handler->on_terminate(reinterpret_cast<Address>(__builtin_return_address(0)));
  }
  terminate_before_();
}

}  // namespace heddle::relacy
