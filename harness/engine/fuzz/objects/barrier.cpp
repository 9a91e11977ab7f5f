// Barriers: pthread_barrier_t.
#include <algorithm>

#include "harness/engine/fuzz/objects/kinds.h"

namespace heddle {
namespace {

// How many threads a barrier is for. The C library's layout, the same since 2.23: two words of
// state, then the count.
std::uint32_t parties_of(const void* barrier) {
  return static_cast<const std::uint32_t*>(barrier)[2];
}

// The last look of the C library's at a barrier that this thread has waited at: whoever ends its
// life must come behind that. pthread_barrier_destroy() waits for it, free() does not.
void leave(const SyncCall& call, Address pc) {
  SyncObject& barrier = g_objects->at(call.object, pc);
  barrier.readers_clock.join(g_run->clock());
}

int wait(const SyncCall& call, Address pc) {
  Run& run = *g_run;
  SyncObject& barrier = g_objects->at(call.object, pc);
  Op& op = run.begin_op({.kind = OpKind::barrier_wait, .address = barrier.address, .pc = pc});
  FuzzThread& self = run.self();
  run.arrive();
  run.changed();
  ++barrier.arrived;
  op.size = static_cast<std::uint8_t>(std::min(parties_of(call.object) - barrier.arrived, 255U));
  run.done(op);
  barrier.clock().join(self.clock);
  run.begin_wait();
  if (barrier.arrived < parties_of(call.object)) {
    run.tick();
    self.want_round = barrier.round;
    Objects::begin_want(self, barrier, Want::next_round);
    run.block();
    Objects::end_want(self);
    --barrier.leaving;
    leave(call, pc);
    if (barrier.leaving != 0) return 0;
    for (FuzzThread* other = barrier.wanters; other != nullptr; other = other->next_wanter) {
      if (other->want == Want::all_left) run.tell_woken(*other);
    }
    Objects::refresh(barrier);
    return 0;
  }
  // To each of this round now: who comes to the next may be faster than who leaves this one. And to
  // none that has yet to leave an earlier one, which knows nothing of who came to this.
  for (FuzzThread* other = barrier.wanters; other != nullptr; other = other->next_wanter) {
    if (other->want != Want::next_round || other->want_round != barrier.round) continue;
    other->clock.join(barrier.clock());
    run.tell_woken(*other);
    ++barrier.leaving;
  }
  run.acquire(barrier.clock());
  run.tick();
  barrier.round_clock = barrier.clock();
  barrier.clock().clear();
  barrier.arrived = 0;
  ++barrier.round;
  Objects::refresh(barrier);
  leave(call, pc);
  return PTHREAD_BARRIER_SERIAL_THREAD;
}

int destroy(const SyncCall& call, Address pc) {
  Run& run = *g_run;
  SyncObject* const barrier = g_objects->at_least(call.object);
  if (barrier != nullptr && barrier->leaving != 0) {
    run.next_step();
    run.begin_wait();
    Objects::begin_want(run.self(), *barrier, Want::all_left);
    run.block();
    Objects::end_want(run.self());
  }
  // Who has been let go with the others knows that they came, and now that they have left. Whoever
  // knows nothing of them might have destroyed it before they came.
  if (barrier != nullptr && barrier->round_clock.ordered_before(run.clock())) {
    run.acquire(barrier->readers_clock);
  }
  return destroy_object<sizeof(pthread_barrier_t)>(call, pc);
}

}  // namespace

void answer_barrier(EngineTable& /*table*/, ObjectCalls& calls) {
  calls[SyncCall::Kind::barrier_wait] = wait;
  calls[SyncCall::Kind::barrier_destroy] = destroy;
}

}  // namespace heddle
