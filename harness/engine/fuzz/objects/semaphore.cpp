// Semaphores: sem_t. Their value stays where the program has it.
#include <errno.h>
#include <semaphore.h>

#include "harness/engine/fuzz/objects/kinds.h"
#include "harness/hooks/c_library.h"
#include "harness/hooks/next_function.h"

namespace heddle {
namespace {

std::uint64_t value_of(const SyncCall& call) {
  int value = 0;
  sem_getvalue(static_cast<sem_t*>(call.object), &value);
  return static_cast<std::uint64_t>(value);
}

// `alone`: when the operation leaves that as it is.
void tell_value(const SyncCall& call, const LeavesAlone& alone) {
  if (g_run->followed()) g_run->found(value_of(call), alone);
}

// It is done, and a trace shows what it has left there.
void done(const SyncCall& call, const Op& op) {
  g_run->tracing() ? g_run->done(op, value_of(call)) : g_run->done(op);
}

int wait(const SyncCall& call, Address pc) {
  SyncObject& semaphore = g_objects->at(call.object, pc);
  Op& op = g_run->begin_op({.kind = OpKind::sem_wait, .address = semaphore.address, .pc = pc});
  bool obtained = true;
  if (call.tries) {
    g_run->arrive();
  } else {
    obtained = Objects::obtain(semaphore, Want::unit, deadline_of(call));
  }
  const bool tries = call.tries || call.deadline != nullptr;
  tell_value(call, tries ? LeavesAlone::if_equal(0) : LeavesAlone::never());
  if (!obtained) return Objects::timed_out(op);
  if (HEDDLE_NEXT(sem_trywait)(static_cast<sem_t*>(call.object)) != 0) {
    g_run->idle();
    op.kind = OpKind::sem_trywait_fail;
    g_run->looked(op);
    return EAGAIN;
  }
  g_run->changed();
  g_run->acquire(semaphore.clock());
  Objects::refresh(semaphore);
  done(call, op);
  return 0;
}

int post(const SyncCall& call, Address pc) {
  SyncObject& semaphore = g_objects->at(call.object, pc);
  const Op& op =
      g_run->begin_op({.kind = OpKind::sem_post, .address = semaphore.address, .pc = pc});
  g_run->arrive();
  tell_value(call, LeavesAlone::never());
  const int error = call_c_library(call);
  if (error != 0) return error;
  g_run->changed();
  semaphore.clock().join(g_run->clock());
  g_run->tick();
  Objects::refresh(semaphore);
  done(call, op);
  return 0;
}

// The hook asks the C library right afterwards, before anybody else goes on.
int read(const SyncCall& call, Address pc) {
  const SyncObject& semaphore = g_objects->at(call.object, pc);
  const Op& op =
      g_run->begin_op({.kind = OpKind::sem_read, .address = semaphore.address, .pc = pc});
  g_run->arrive();
  tell_value(call, {});
  g_run->tracing() ? g_run->looked(op, value_of(call)) : g_run->looked(op);
  return 0;
}

}  // namespace

void answer_semaphore(EngineTable& /*table*/, ObjectCalls& calls) {
  calls[SyncCall::Kind::sem_wait] = wait;
  calls[SyncCall::Kind::sem_post] = post;
  calls[SyncCall::Kind::sem_read] = read;
  calls[SyncCall::Kind::sem_destroy] = destroy_object<sizeof(sem_t)>;
}

}  // namespace heddle
