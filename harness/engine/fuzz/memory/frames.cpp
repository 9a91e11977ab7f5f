// Variables of functions that another thread uses: they die when the function returns, and all of a
// stack when its thread ends.
#include "harness/engine/fuzz/memory/memory.h"
#include "harness/hooks/atomics_seen.h"

namespace heddle {
namespace {

// Whether nothing of the program lives at this address of the thread's stack. It stopped in a hook,
// and lives above the frame that called it. That this is the hook it is in, the return address
// shows; where it stopped in another way it is not known, and the variable counts as alive.
bool is_dead(const FuzzThread& thread, Address address) {
  if (thread.state == FuzzThread::State::finished) return true;
  const Address frame = thread.caller_frame;
  if (frame == 0 || address >= frame) return false;
  return *reinterpret_cast<const Address*>(frame - sizeof(Address)) == thread.op.pc;
}

}  // namespace

void Memory::check_anothers_frame(Address address, OpKind kind, Address pc) {
  Run& run = *g_run;
  const ThreadId owner = FiberStacks::owner(address);
  if (owner >= run.thread_count()) return;
  const FuzzThread& thread = run.thread(owner);
  if (!is_dead(thread, address)) {
    atomics_seen::note_shared_locals();
    return;
  }
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::use_after_return, .message = {}, .places = {}};
  failure.places.push_back(run.here({.kind = kind, .address = address, .pc = pc}));
  const bool ended = thread.state == FuzzThread::State::finished;
  failure.places.push_back({.thread = owner,
                            .op = {.kind = OpKind::none, .pc = ended ? 0 : thread.op.pc},
                            .stack = {},
                            .note = ended ? "has ended, and its stack with it"
                                          : "has left the function whose variable that is"});
  run.fail(std::move(failure));
}

}  // namespace heddle
