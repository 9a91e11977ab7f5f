// What is done once: pthread_once_t, std::call_once, the guards of function-local statics.
#include "harness/engine/fuzz/objects/kinds.h"

namespace heddle {
namespace {

int begin(const SyncCall& call, Address pc) {
  SyncObject& once = g_objects->at(call.object, pc);
  Op& op = g_run->begin_op({.kind = OpKind::once, .address = once.address, .pc = pc});
  if (once.owner == &g_run->self()) {
    Objects::self_deadlock(op, once.locked, "is in the very initialisation that it waits for");
  }
  Objects::obtain(once, Want::exclusive, 0);
  g_run->changed();
  if (call.is_done(call.object)) {
    g_run->acquire(once.clock());
    op.kind = OpKind::once_done;
    g_run->found(2, LeavesAlone::if_equal(2));
    g_run->done(op);
    return 0;
  }
  Objects::take(once, op);
  return 1;
}

int end(const SyncCall& call, Address pc) {
  if (call.set_done != nullptr) call.set_done(call.object);
  SyncObject& once = g_objects->at(call.object, pc);
  ++g_run->running().step;
  // A guard that was taken before the run, or by code that Heddle does not see.
  if (once.owner != &g_run->self()) return 0;
  // A compiler's code reads the first byte of a guard by itself and asks nobody once it is set;
  // what comes of that load is all that tells who was first.
  g_run->done_unseen({.kind = OpKind::once_end,
                      .size = static_cast<std::uint8_t>(call.set_done != nullptr ? 1 : 0),
                      .address = once.address,
                      .pc = pc});
  Objects::release(once);
  return 0;
}

}  // namespace

void answer_once(EngineTable& /*table*/, ObjectCalls& calls) {
  calls[SyncCall::Kind::once_begin] = begin;
  calls[SyncCall::Kind::once_end] = end;
}

}  // namespace heddle
