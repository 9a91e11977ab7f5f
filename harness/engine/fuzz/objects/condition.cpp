// Condition variables: pthread_cond_t, and so std::condition_variable.
#include <errno.h>

#include "harness/engine/fuzz/objects/kinds.h"
#include "harness/engine/fuzz/run/virtual_time.h"

namespace heddle {
namespace {

// `deadline`: virtual nanoseconds, 0 for none. Returns false if the time was up.
bool wait(Address cond_address, pthread_mutex_t* mutex, std::uint64_t deadline, Address pc) {
  Run& run = *g_run;
  FuzzThread& self = run.self();
  run.next_step();
  SyncObject& cond = g_objects->at(cond_address, pc);
  SyncObject& lock = g_objects->at(mutex, pc);
  const Op& op = run.begin_op(
      {.kind = OpKind::cond_wait, .address = cond_address, .address2 = lock.address, .pc = pc});
  if (lock.owner != &self) {
    Objects::bad_unlock(op, lock, "waits with a mutex that it does not hold");
  }
  run.point();
  run.found(cond.waiters, LeavesAlone::never());
  run.done(op);
  // Of a recursive mutex that it has locked more than once the C library gives one back, and keeps
  // it all the same (glibc 2.36, nptl/pthread_cond_wait.c).
  const bool keeps = lock.depth > 1;
  if (keeps) {
    --lock.depth;
  } else {
    Objects::release(lock);
  }
  run.changed();
  Objects::add_waiter(cond, self);
  self.wanted = keeps ? nullptr : &lock;
  // It may have been notified before it came to wake by itself: the order of the two matters.
  const bool by_itself = Objects::wait_for_others(deadline, true);
  // A timer has taken it from among the waiters already.
  const std::uint32_t waiters = cond.waiters + (self.timed_out && !by_itself ? 1 : 0);
  if (by_itself || self.timed_out) run.found(waiters, LeavesAlone::never());
  if (self.cond != nullptr) {
    Objects::remove_waiter(cond, self);
    self.cond = nullptr;
  }
  const bool timed_out = self.timed_out;
  const Op woken{.kind = OpKind::timeout, .address = cond_address, .pc = pc};
  if (timed_out) {
    run.done(woken);
  } else if (by_itself) {
    run.done_unseen(woken);
  }
  if (keeps) {
    ++lock.depth;
    return !timed_out;
  }
  if (!self.in_wanters) Objects::begin_want(self, lock, Want::exclusive);
  const Op& relock = run.begin_op({.kind = OpKind::mutex_lock, .address = lock.address, .pc = pc});
  if (by_itself) {
    // A step of its own, whether the mutex is free or not: what a step is must not hang on that.
    run.next_step();
    if (Objects::available(lock, self)) {
      run.point();
    } else {
      run.block();
    }
  } else if (!Objects::available(lock, self)) {
    run.block();
  }
  Objects::end_want(self);
  Objects::take(lock, relock);
  return !timed_out;
}

int notify(pthread_cond_t* condition, bool all, Address pc) {
  Run& run = *g_run;
  run.next_step();
  SyncObject& cond = g_objects->at(condition, pc);
  const Op& op = run.begin_op({.kind = all ? OpKind::cond_broadcast : OpKind::cond_signal,
                               .address = cond.address,
                               .pc = pc});
  run.point();
  run.changed();
  run.found(cond.waiters, LeavesAlone::if_equal(0));
  if (cond.waiters == 0) {
    run.looked(op, cond.waiters);
    ++cond.unheard;
    cond.unheard_thread = run.self().id;
    cond.unheard_op = op;
    return 0;
  }
  run.done(op, cond.waiters);
  Objects::wake_some(cond, all ? cond.waiters : 1);
  return 0;
}

}  // namespace

void answer_condition(EngineTable& table, ObjectCalls& /*calls*/) {
  table.cond_wait = [](pthread_cond_t* cond, pthread_mutex_t* mutex, Address pc) {
    wait(address_of(cond), mutex, 0, pc);
    return 0;
  };
  table.cond_timedwait = [](pthread_cond_t* cond, pthread_mutex_t* mutex, clockid_t /*clock*/,
                            const timespec* deadline, Address pc) {
    return wait(address_of(cond), mutex, virtual_time(*deadline), pc) ? 0 : ETIMEDOUT;
  };
  table.cond_signal = [](pthread_cond_t* cond, Address pc) { return notify(cond, false, pc); };
  table.cond_broadcast = [](pthread_cond_t* cond, Address pc) { return notify(cond, true, pc); };
  table.cond_destroy = [](pthread_cond_t* cond, Address pc) {
    g_objects->destroy(cond, sizeof *cond, pc);
    return 0;
  };
}

}  // namespace heddle
