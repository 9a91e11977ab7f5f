#include "harness/hooks/caught_abort.h"

#include <unwind.h>

#include <atomic>
#include <cstdint>

#include "harness/hooks/lasting_state.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

namespace heddle::caught_abort {
namespace {

// The newest of the thread. Left standing by a handler that jumps away.
struct Raised {
  Cause cause;
  Address frame = 0;
};
constinit thread_local Raised t_raised __attribute__((tls_model("initial-exec")));

bool has_handler(const struct sigaction& action) {
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

// Changes nothing, so that nothing is noted as to be put back.
struct sigaction now() {
  static constinit decltype(&sigaction) next = nullptr;
  struct sigaction action = {};
  next_function(next, "sigaction")(SIGABRT, nullptr, &action);
  return action;
}

// Whether this run may have set a handler.
bool may_be_changed() {
  using lasting_state::Part;
  // sigset() changes the mask too, and is noted by that.
  return lasting_state::is_changed(Part::signal_handlers) ||
         lasting_state::is_changed(Part::signal_mask);
}

_Unwind_Reason_Code look_for_raise(_Unwind_Context* frame, void* found) {
  if (_Unwind_FindEnclosingFunction(reinterpret_cast<void*>(_Unwind_GetIP(frame) - 1)) !=
      reinterpret_cast<void*>(raise_for)) {
    return _URC_NO_REASON;
  }
  *static_cast<bool*>(found) = true;
  return _URC_END_OF_STACK;
}

}  // namespace

bool is_handled() {
  if (may_be_changed()) return has_handler(now());
  // As when the program began. Programs fail in many runs, and a system call costs as much as one.
  enum State : std::uint8_t { unknown, no, yes };
  static constinit std::atomic<State> at_start = unknown;
  State known = at_start.load(std::memory_order_relaxed);
  if (known == unknown) {
    known = has_handler(now()) ? yes : no;
    at_start.store(known, std::memory_order_relaxed);
  }
  return known == yes;
}

[[gnu::noinline]] void raise_for(const Cause& cause) {
  const Raised before = t_raised;
  t_raised = {cause, reinterpret_cast<Address>(__builtin_frame_address(0))};
  sigset_t let_in = {};
  let_in.__val[0] = 1UL << (SIGABRT - 1);
  HEDDLE_NEXT(pthread_sigmask)(SIG_UNBLOCK, &let_in, nullptr);
  HEDDLE_NEXT(raise)(SIGABRT);
  t_raised = before;
}

const Cause* under_way() {
  // Nearly always.
  if (t_raised.frame == 0) return nullptr;
  // The unwinder calls functions that are hooked.
  const RuntimeScope scope;
  bool found = false;
  _Unwind_Backtrace(look_for_raise, &found);
  if (!found) t_raised = {};
  return found ? &t_raised.cause : nullptr;
}

const Cause* ended_by(int signal) {
  if (signal != SIGABRT || t_raised.frame == 0 || now().sa_handler != SIG_DFL) return nullptr;
  return under_way();
}

}  // namespace heddle::caught_abort
