#include "harness/engine/fuzz/objects/objects.h"

#include <errno.h>
#include <semaphore.h>

#include "harness/engine/fuzz/objects/kinds.h"
#include "harness/engine/fuzz/run/virtual_time.h"

namespace heddle {

constinit Room<Objects> g_objects;

namespace {

constinit ObjectCalls g_calls;

}  // namespace

void answer_objects(EngineTable& table) {
#define HEDDLE_OBJECT_KIND(name) answer_##name(table, g_calls);
#include "harness/engine/fuzz/objects/kinds.def"
  table.object_init = [](const void* object, std::size_t size, Address pc) {
    g_objects->init(object, size, pc);
  };
  table.sync_call = [](const SyncCall& call, Address pc) { return g_calls[call.kind](call, pc); };
}

std::uint64_t deadline_of(const SyncCall& call) {
  return call.deadline == nullptr ? 0 : virtual_time(*call.deadline);
}

// ---- who has it
// -----------------------------------------------------------------------------------

bool Objects::available(const SyncObject& object, const FuzzThread& thread) {
  switch (thread.want) {
    case Want::exclusive:
      return object.owner == nullptr && object.readers.empty();
    case Want::shared:
      return object.owner == nullptr;
    case Want::behind:
      return object.owner == nullptr && (object.queued_writers == 0 || object.readers.empty());
    case Want::unit: {
      int value = 0;
      sem_getvalue(reinterpret_cast<sem_t*>(object.address), &value);
      return value > 0;
    }
    case Want::next_round:
      return object.round != thread.want_round;
    case Want::all_left:
      return object.leaving == 0;
  }
  return true;
}

void Objects::refresh(SyncObject& object) {
  for (FuzzThread* thread = object.wanters; thread != nullptr; thread = thread->next_wanter) {
    if (thread->eager) continue;
    const bool can = available(object, *thread);
    if (can && thread->state == FuzzThread::State::blocked) {
      g_run->enable(*thread);
    } else if (!can && thread->state == FuzzThread::State::ready) {
      g_run->disable(*thread);
    }
  }
}

void Objects::begin_want(FuzzThread& thread, SyncObject& object, Want want) {
  thread.wanted = &object;
  thread.want = want;
  thread.in_wanters = true;
  thread.next_wanter = object.wanters;
  object.wanters = &thread;
}

void Objects::end_want(FuzzThread& thread) {
  FuzzThread** link = &thread.wanted->wanters;
  while (*link != &thread) link = &(*link)->next_wanter;
  *link = thread.next_wanter;
  thread.in_wanters = false;
  thread.wanted = nullptr;
}

bool Objects::obtain(SyncObject& object, Want want, std::uint64_t deadline) {
  Run& run = *g_run;
  FuzzThread& self = run.self();
  run.next_step();
  self.want = want;
  if (want == Want::unit) run.begin_wait();
  const bool free = available(object, self);
  // Not with a deadline, whose choice is a step, for a strategy that follows the run too.
  if (free && deadline == 0 && run.alone()) {
    run.settle();
    return true;
  }
  begin_want(self, object, want);
  // Asked in any case, see wait_for_others().
  if (deadline != 0 && run.choose(Choice::timeout, 2) == 1) {
    run.wait_eagerly(deadline, true, free);
    if (!available(object, self)) run.end_early(deadline);
  } else {
    if (deadline != 0) run.begin_timer(self, deadline, time_up);
    if (free) {
      // Not at the step of the choice: a schedule has one deviation for a step, and that of T1 here
      // would be read as the choice of alternative 1 there.
      if (deadline != 0) ++run.running().step;
      // Whoever takes it before this thread does takes this thread's turn too.
      run.point();
    } else {
      if (want == Want::exclusive) run.observe_wait();
      run.block();
    }
    run.end_timer(self);
  }
  // By a timer it wants no more, but may have got what it wanted at the last moment.
  self.want = want;
  if (self.in_wanters) end_want(self);
  return available(object, self);
}

void Objects::take(SyncObject& object, const Op& op) {
  object.owner = &g_run->self();
  object.depth = 1;
  object.locked = op;
  g_run->acquire(object.clock());
  refresh(object);
  g_run->done(op);
}

void Objects::release(SyncObject& object) {
  object.clock() = g_run->clock();
  g_run->tick();
  object.owner = nullptr;
  object.depth = 0;
  refresh(object);
}

int Objects::refused(Op& op) {
  g_run->idle();
  op.kind = OpKind::mutex_trylock_fail;
  g_run->looked(op);
  return EBUSY;
}

int Objects::timed_out(Op& op) {
  op.kind = OpKind::timeout;
  g_run->looked(op);
  return ETIMEDOUT;
}

void Objects::self_deadlock(const Op& op, const Op& taken, const char* what) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::self_deadlock, .message = {}, .places = {}};
  failure.places.push_back(g_run->here(op));
  failure.places.front().note = what;
  failure.places.push_back(
      {.thread = g_run->self().id, .op = taken, .stack = {}, .note = "took it here"});
  g_run->fail(std::move(failure));
}

void Objects::bad_unlock(const Op& op, const SyncObject& object, const char* what) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::bad_unlock, .message = {}, .places = {}};
  failure.places.push_back(g_run->here(op));
  failure.places.front().note = what;
  if (object.owner != nullptr) {
    failure.places.push_back(
        {.thread = object.owner->id, .op = object.locked, .stack = {}, .note = "took it here"});
  } else if (!object.readers.empty()) {
    const SyncObject::Reader& reader = object.readers.front();
    failure.places.push_back(
        {.thread = reader.thread->id, .op = reader.op, .stack = {}, .note = "took it here"});
  }
  g_run->fail(std::move(failure));
}

// ---- who waits
// ------------------------------------------------------------------------------------

void Objects::time_up(FuzzThread& thread) {
  if (thread.cond != nullptr) {
    remove_waiter(*thread.cond, thread);
    thread.cond = nullptr;
    if (thread.wanted != nullptr) begin_want(thread, *thread.wanted, Want::exclusive);
    if (thread.wanted == nullptr || available(*thread.wanted, thread)) g_run->enable(thread);
  } else {
    if (thread.in_wanters) end_want(thread);
    // What it waits for may be free, and nobody has let it go on yet: it is ready then.
    if (thread.state == FuzzThread::State::blocked) g_run->enable(thread);
  }
}

bool Objects::wait_for_others(std::uint64_t deadline, bool spuriously) {
  Run& run = *g_run;
  FuzzThread& self = run.self();
  self.timed_out = false;
  run.begin_wait();
  // Asked in any case: if it hung on who else can go on, runs that differ only in the order of
  // steps that have nothing to do with this one would not have the same choices.
  const Choice wake = run.has_others() ? Choice::spurious_wake : Choice::lone_wake;
  const bool wakes = spuriously && run.choose(wake, 2) == 1;
  const bool early =
      !wakes && deadline != 0 && (run.ends_sleeps_early() || run.choose(Choice::timeout, 2) == 1);
  if (!wakes && !early) {
    if (deadline != 0) run.begin_timer(self, deadline, time_up);
    run.block();
    run.end_timer(self);
    return false;
  }
  const bool notifiable = self.cond != nullptr;
  run.wait_eagerly(deadline, early, false);
  // Not if it was notified before.
  if (early && (!notifiable || self.cond != nullptr)) {
    self.timed_out = true;
    run.end_early(deadline);
  }
  return true;
}

void Objects::add_waiter(SyncObject& cond, FuzzThread& waiter) {
  // First come, first served is the default; the others are alternatives.
  FuzzThread** last = &cond.first_waiter;
  while (*last != nullptr) last = &(*last)->next_waiter;
  *last = &waiter;
  waiter.next_waiter = nullptr;
  waiter.cond = &cond;
  ++cond.waiters;
}

void Objects::remove_waiter(SyncObject& cond, FuzzThread& waiter) {
  FuzzThread** link = &cond.first_waiter;
  while (*link != &waiter) link = &(*link)->next_waiter;
  *link = waiter.next_waiter;
  --cond.waiters;
}

void Objects::wake(SyncObject& cond, FuzzThread& waiter) {
  remove_waiter(cond, waiter);
  waiter.cond = nullptr;
  g_run->end_timer(waiter);
  g_run->tell_woken(waiter);
  if (TraceRecorder* recorder = g_run->recorder()) recorder->set_woken(waiter.id);
  if (waiter.wanted != nullptr) begin_want(waiter, *waiter.wanted, Want::exclusive);
  if (waiter.eager) return;
  if (waiter.wanted == nullptr || available(*waiter.wanted, waiter)) g_run->enable(waiter);
}

std::uint32_t Objects::wake_some(SyncObject& cond, std::uint32_t count) {
  std::uint32_t woken = 0;
  for (; woken < count && cond.waiters != 0; ++woken) {
    const bool all = count - woken >= cond.waiters;
    std::uint32_t index = all ? 0 : g_run->choose(Choice::waiter, cond.waiters);
    FuzzThread* waiter = cond.first_waiter;
    while (index-- > 0) waiter = waiter->next_waiter;
    wake(cond, *waiter);
  }
  return woken;
}

void Objects::tell_waiting(Strategy& strategy) {
  for (ThreadId id = 0; id < g_run->thread_count(); ++id) {
    const FuzzThread& thread = g_run->thread(id);
    if (thread.state != FuzzThread::State::blocked || !thread.in_wanters) continue;
    Op op{.address = thread.wanted->address};
    switch (thread.want) {
      case Want::exclusive:
        op.kind = OpKind::mutex_lock;
        break;
      case Want::shared:
      case Want::behind:
        op.kind = OpKind::rwlock_read_lock;
        break;
      case Want::unit:
        op.kind = OpKind::sem_wait;
        break;
      case Want::next_round:
      case Want::all_left:
        continue;
    }
    strategy.left_waiting(thread.id, op);
  }
}

}  // namespace heddle
