// Signals that are a failure of the program.
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <string>

#include "harness/engine/fuzz/world/world.h"

namespace heddle {
namespace {

// A fatal signal, on the signal stack. Does not return if it can be told from where it came.
void on_signal(int number, Address pc, Address address) {
  Run& run = *g_run;
  // An access that a hook makes for the program (an atomic operation) is the program's.
  Address& native_pc = run.running().native_pc;
  if (native_pc != 0) pc = native_pc;
  native_pc = 0;
  const RuntimeScope scope;
  std::string message = std::string("SIG") + sigabbrev_np(number);
  const ThreadId stack = FiberStacks::owner(address);
  // A stack faults where it ends.
  if (number == SIGSEGV && stack < run.thread_count()) {
    message += ": stack overflow of T" + std::to_string(stack);
  } else if (address < 4096 && number == SIGSEGV) {
    message += ": null pointer";
  }
  Failed failure{.kind = FailureKind::signal, .message = std::move(message), .places = {}};
  // Reports look at the instruction before a return address; here the instruction itself is meant.
  const Op op{.kind = OpKind::failure, .pc = pc + 1};
  failure.places.push_back(run.here(op));
  if (run.code().contains(pc)) {
    failure.places.front().op.pc = pc + 1;
    run.fail(std::move(failure));
  }
  run.fail_with_process(std::move(failure));
}

void handle(int number, siginfo_t* info, void* context) {
  if (g_run->under_way()) {
    const auto* state = static_cast<const ucontext_t*>(context);
    on_signal(number, static_cast<Address>(state->uc_mcontext.gregs[REG_RIP]),
              address_of(info->si_addr));
  }
  // Not the program's doing: die of it, so that the supervisor sees an error of Heddle's own.
  signal(number, SIG_DFL);
  raise(number);
}

}  // namespace

// A stack of its own: the program's may be what overflowed. One for all jobs: what a run does to it
// is undone by what it was in the first.
stack_t SignalGuard::stack() {
  constexpr std::size_t kSize = 256 * 1024;
  static void* const memory =
      mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return {.ss_sp = memory, .ss_flags = 0, .ss_size = kSize};
}

SignalGuard::SignalGuard() {
  struct sigaction action = {};
  action.sa_sigaction = handle;
  // Left by jumping away: the signal must not stay blocked.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  install_handlers(kSignals, action, old_);
}

SignalGuard::~SignalGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &old_[i], nullptr);
}

}  // namespace heddle
