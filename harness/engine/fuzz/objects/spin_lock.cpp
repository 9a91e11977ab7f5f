// Spin locks: pthread_spinlock_t.
#include "harness/engine/fuzz/objects/kinds.h"

namespace heddle {
namespace {

int lock(const SyncCall& call, Address pc) {
  SyncObject& object = g_objects->at(call.object, pc);
  Op& op = g_run->begin_op(
      {.kind = tried_or(call, OpKind::mutex_lock), .address = object.address, .pc = pc});
  if (call.tries) {
    g_run->arrive();
    if (object.owner != nullptr) return Objects::refused(op);
    op.kind = OpKind::mutex_lock;
  } else {
    if (object.owner == &g_run->self()) {
      Objects::self_deadlock(op, object.locked, "locks a spin lock that it holds itself");
    }
    Objects::obtain(object, Want::exclusive, 0);
  }
  g_run->changed();
  Objects::take(object, op);
  return 0;
}

int unlock(const SyncCall& call, Address pc) {
  SyncObject& object = g_objects->at(call.object, pc);
  const Op& op =
      g_run->begin_op({.kind = OpKind::mutex_unlock, .address = object.address, .pc = pc});
  if (object.owner != &g_run->self()) {
    Objects::bad_unlock(op, object, "unlocks a spin lock that it does not hold");
  }
  g_run->arrive();
  g_run->changed();
  g_run->done(op);
  Objects::release(object);
  return 0;
}

}  // namespace

void answer_spin_lock(EngineTable& /*table*/, ObjectCalls& calls) {
  calls[SyncCall::Kind::spin_lock] = lock;
  calls[SyncCall::Kind::spin_unlock] = unlock;
  calls[SyncCall::Kind::spin_destroy] = destroy_object<sizeof(pthread_spinlock_t)>;
}

}  // namespace heddle
