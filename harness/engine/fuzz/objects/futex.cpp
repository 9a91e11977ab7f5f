// Futexes: what std::atomic::wait(), semaphores, latches and barriers of C++20 end in.
#include <errno.h>

#include "harness/engine/fuzz/objects/kinds.h"
#include "harness/hooks/native_atomics.h"

namespace heddle {
namespace {

int wait(const SyncCall& call, Address pc) {
  Run& run = *g_run;
  SyncObject& word = g_objects->at(call.object, pc);
  const Op& op =
      run.begin_op({.kind = OpKind::futex_wait, .size = 4, .address = word.address, .pc = pc});
  FuzzThread& self = run.self();
  run.arrive();
  run.done(op, call.value);
  run.running().native_pc = pc;
  const bool differs = native_load(word.address, 4) != call.value;
  run.running().native_pc = 0;
  if (differs) {
    run.idle();
    return EAGAIN;
  }
  run.changed();
  self.want_round = call.value;
  self.wanted = nullptr;
  Objects::add_waiter(word, self);
  const bool by_itself = Objects::wait_for_others(deadline_of(call), false);
  if (by_itself || self.timed_out) {
    run.done_unseen({.kind = OpKind::timeout, .address = word.address, .pc = pc});
  }
  if (self.cond != nullptr) {
    Objects::remove_waiter(word, self);
    self.cond = nullptr;
  }
  return self.timed_out ? ETIMEDOUT : 0;
}

// Code of the C++ library that is not instrumented has stored what it wakes for, and released with
// that what came before (promise::set_value_at_thread_exit()). The store itself is not seen.
void release_unseen(const SyncCall& call, Address pc) {
  Run& run = *g_run;
  if (run.code().contains(pc)) return;
  if (SyncObject* word = g_objects->at_least(call.object)) {
    word->clock().join(run.clock());
    run.tick();
  }
}

int wake(const SyncCall& call, Address pc) {
  release_unseen(call, pc);
  const Op& op = g_run->begin_op(
      {.kind = OpKind::futex_wake, .size = 4, .address = address_of(call.object), .pc = pc});
  g_run->arrive();
  g_run->changed();
  g_run->done(op);
  // The word may be gone: who waited for it has seen that it changed, and may have ended its life.
  // To wake nobody there is harmless (futex(2)), and latches do it.
  SyncObject* word = g_objects->at_least(call.object);
  return word == nullptr ? 0 : static_cast<int>(Objects::wake_some(*word, call.value));
}

}  // namespace

void answer_futex(EngineTable& /*table*/, ObjectCalls& calls) {
  calls[SyncCall::Kind::futex_wait] = wait;
  calls[SyncCall::Kind::futex_wake] = wake;
}

}  // namespace heddle
