#include "harness/hooks/caught_abort.h"

#include <unwind.h>

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

struct sigaction now() {
  struct sigaction action = {};
  HEDDLE_NEXT(sigaction)(SIGABRT, nullptr, &action);
  return action;
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
  return has_handler(now());
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
