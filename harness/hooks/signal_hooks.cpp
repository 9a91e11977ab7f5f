#include <signal.h>

#include "harness/hooks/engine_table.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/program_signals.h"
#include "harness/hooks/state_uses.h"

namespace heddle::program_signals {

namespace {

void on_signal(int number, siginfo_t* info, void* context) {
  // The run is over, and so is its process.
  if (!t_program_code && g_engine_table == &g_passthrough_table) return;
  const Arrived arrived{number, *info, g_actions[static_cast<std::size_t>(number)]};
  auto* const interrupted = static_cast<ucontext_t*>(context);
  const auto handle = g_engine_table->handle_signal;
  (handle == nullptr ? call : handle)(arrived, interrupted);
}

bool is_wrapped(int number, const struct sigaction* action) {
  if (action == nullptr || number < 1 || number >= NSIG) return false;
  if (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN) return false;
  // Given back what a function without a hook has told it (bsd_signal()).
  if (action->sa_sigaction == on_signal) return false;
  for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) {
    if (number == own) return false;
  }
  return true;
}

// As the program would see it.
struct sigaction unwrapped(struct sigaction found, const struct sigaction& programs) {
  if (found.sa_sigaction != on_signal) return found;
  found.sa_sigaction = programs.sa_sigaction;
  constexpr int kChanged = SA_SIGINFO | SA_ONSTACK;
  found.sa_flags = (found.sa_flags & ~kChanged) | (programs.sa_flags & kChanged);
  return found;
}

using Change = int (*)(int, const struct sigaction*, struct sigaction*);

int change(Change real, int number, const struct sigaction* action, struct sigaction* old) {
  if (number < 1 || number >= NSIG) return real(number, action, old);
  struct sigaction& kept = g_actions[static_cast<std::size_t>(number)];
  const struct sigaction before = kept;
  struct sigaction wrapped = {};
  if (is_wrapped(number, action)) {
    wrapped = *action;
    wrapped.sa_sigaction = on_signal;
    wrapped.sa_flags |= SA_SIGINFO;
    // The system has one such stack for all fibers, and two may be in a handler at a time.
    if (g_engine_table->handle_signal != nullptr) wrapped.sa_flags &= ~SA_ONSTACK;
    // First: it may come at once.
    kept = *action;
    action = &wrapped;
  }
  struct sigaction found = {};
  const int result = real(number, action, &found);
  if (result != 0) kept = before;
  if (result == 0 && old != nullptr) *old = unwrapped(found, before);
  return result;
}

void use_handlers(bool changes, Address pc) {
  hidden_state::StateUses uses(pc);
  if (changes) {
    uses.update<&hidden_state::Memory::signal_handlers>();
  } else {
    uses.read<&hidden_state::Memory::signal_handlers>();
  }
  uses.tell();
}

}  // namespace

std::atomic<std::uint32_t>* g_kills_itself = nullptr;

void note_sent(pid_t process, int number) {
  if (number != SIGKILL || g_kills_itself == nullptr) return;
  const bool to_group = process == 0 || process == -1 || process == -getpgrp();
  if (to_group || process == getpid()) g_kills_itself->store(1, std::memory_order_relaxed);
}

}  // namespace heddle::program_signals

namespace signals = heddle::program_signals;

HEDDLE_EXPORT_HOOK(int, sigaction, int number, const struct sigaction* action,
                   struct sigaction* old) {
  const auto real = HEDDLE_REAL(sigaction);
  if (!heddle::t_program_code) return real(number, action, old);
  if (!heddle::is_watched()) return signals::change(real, number, action, old);
  const heddle::MemoryAccess access(HEDDLE_PC);
  access.read(action, action == nullptr ? 0 : sizeof *action);
  signals::use_handlers(action != nullptr, HEDDLE_PC);
  heddle::PrivateResults made(old);
  const int result = signals::change(real, number, action, old);
  if (result == 0) made.deliver(access);
  return result;
}

HEDDLE_EXPORT_HOOK(sighandler_t, signal, int number, sighandler_t handler) {
  const auto real = HEDDLE_REAL(signal);
  if (!heddle::t_program_code) return real(number, handler);
  signals::use_handlers(true, HEDDLE_PC);
  if (number < 1 || number >= NSIG) return real(number, handler);
  const struct sigaction before = signals::g_actions[static_cast<std::size_t>(number)];
  const sighandler_t old = real(number, handler);
  if (old == SIG_ERR) return old;
  // With the flags that the library has chosen, siginterrupt() among them.
  const auto next = HEDDLE_NEXT(sigaction);
  struct sigaction now = {};
  if (next(number, nullptr, &now) == 0) signals::change(next, number, &now, nullptr);
  struct sigaction was = {};
  was.sa_handler = old;
  return signals::unwrapped(was, before).sa_handler;
}

HEDDLE_EXPORT_HOOK(int, kill, pid_t process, int number) {
  signals::note_sent(process, number);
  return HEDDLE_REAL(kill)(process, number);
}

HEDDLE_EXPORT_HOOK(int, killpg, pid_t group, int number) {
  signals::note_sent(-group, number);
  return HEDDLE_REAL(killpg)(group, number);
}

HEDDLE_EXPORT_HOOK(int, tgkill, pid_t process, pid_t thread, int number) {
  signals::note_sent(process, number);
  return HEDDLE_REAL(tgkill)(process, thread, number);
}

HEDDLE_EXPORT_HOOK(int, sigqueue, pid_t process, int number, const sigval value) {
  signals::note_sent(process, number);
  return HEDDLE_REAL(sigqueue)(process, number, value);
}

namespace {

// Where the thread's stack for signals is that the program has given it; null: it has none.
constinit thread_local void* t_programs_stack __attribute__((tls_model("initial-exec"))) = nullptr;

}  // namespace

bool heddle::program_signals::has_stack() {
  return t_programs_stack != nullptr;
}

// What is there as long as the program has given none is Heddle's, to tell of faults on.
HEDDLE_EXPORT_HOOK(int, sigaltstack, const stack_t* stack, stack_t* old) {
  const auto real = HEDDLE_REAL(sigaltstack);
  if (!heddle::t_program_code) return real(stack, old);
  const heddle::MemoryAccess access(HEDDLE_PC);
  if (heddle::is_watched()) access.read(stack, stack == nullptr ? 0 : sizeof *stack);
  stack_t before = {};
  const int result = real(stack, &before);
  if (result != 0) return result;
  if (before.ss_sp != t_programs_stack)
    before = {.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
  if (stack != nullptr) {
    t_programs_stack = (stack->ss_flags & SS_DISABLE) != 0 ? nullptr : stack->ss_sp;
  }
  if (old == nullptr) return result;
  if (heddle::is_watched()) {
    access.put(old, before);
  } else {
    *old = before;
  }
  return result;
}
