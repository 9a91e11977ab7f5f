// Threads as objects: made, waited for, let go, left.
#include <errno.h>
#include <unwind.h>

#include <algorithm>
#include <optional>
#include <span>

#include "harness/engine/fuzz/objects/kinds.h"
#include "harness/hooks/stack_bounds.h"
#include "harness/hooks/thread_number.h"

namespace heddle {
namespace {

FuzzThread* find(pthread_t handle) {
  for (ThreadId id = 0; id < g_run->thread_count(); ++id) {
    FuzzThread& thread = g_run->thread(id);
    if (TlsLender::handle(thread.fs_base) == handle) return &thread;
  }
  return nullptr;
}

std::optional<StackBounds> find_stack(pthread_t handle) {
  const FuzzThread* thread = find(handle);
  if (thread == nullptr) return std::nullopt;
  return thread->stack();
}

[[noreturn]] void finish() {
  FuzzThread& self = g_run->self();
  self.run_destructors();
  g_objects->keys().run_destructors(self.key_values);
  for (const std::span<unsigned char> variables : g_run->tls().programs_own(self.id)) {
    g_memory->thread_local_dies(reinterpret_cast<Address>(variables.data()), variables.size(),
                                reinterpret_cast<Address>(self.start));
  }
  g_run->end_thread();
}

int create(pthread_t* handle, const pthread_attr_t* attributes, void* (*start)(void*),
           void* argument, Address pc) {
  Run& run = *g_run;
  run.next_step();
  Op& op = run.begin_op({.kind = OpKind::thread_create, .pc = pc});
  run.point();
  if (run.thread_count() > Epoch::kMaxThreads) return EAGAIN;
  std::size_t stack_size = FiberStacks::kSize;
  if (attributes != nullptr) {
    std::size_t wanted = 0;
    pthread_attr_getstacksize(attributes, &wanted);
    stack_size = std::max(stack_size, wanted);
  }
  FuzzThread* made = run.add_thread(stack_size, given_stack(attributes));
  if (made == nullptr) return EAGAIN;
  FuzzThread& thread = *made;
  thread.body = [](FuzzThread& self) {
    self.result = self.start(self.argument);
    finish();
  };
  thread.start = start;
  thread.argument = argument;
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) pthread_attr_getdetachstate(attributes, &state);
  thread.detached = state == PTHREAD_CREATE_DETACHED;
  run.start(thread);
  *handle = TlsLender::handle(thread.fs_base);
  op.other = thread.id;
  run.done(op);
  return 0;
}

// What comes of it POSIX leaves open, whether the other one still waits or its handle may be that
// of another thread by now.
[[noreturn]] void joined_twice(const FuzzThread& target, Address pc) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::use_after_destroy, .message = {}, .places = {}};
  failure.places.push_back(
      g_run->here({.kind = OpKind::thread_join, .other = target.id, .pc = pc}));
  failure.places.push_back(
      {.thread = target.joiner->id,
       .op = {.kind = OpKind::thread_join, .other = target.id, .pc = target.join_pc},
       .stack = {},
       .note = "joins the same thread"});
  g_run->fail(std::move(failure));
}

int join(pthread_t handle, void** result, Address pc) {
  Run& run = *g_run;
  run.next_step();
  FuzzThread* target = find(handle);
  FuzzThread& self = run.self();
  if (target == nullptr) return ESRCH;
  if (target->joiner != nullptr) joined_twice(*target, pc);
  if (target->detached) return EINVAL;
  if (target == &self) return EDEADLK;
  const Op& op = run.begin_op({.kind = OpKind::thread_join, .other = target->id, .pc = pc});
  target->joiner = &self;
  target->join_pc = pc;
  if (target->state != FuzzThread::State::finished) {
    run.begin_wait();
    run.block();
  } else {
    // A step like the one that waits: what a step consists of must not depend on the order of
    // others.
    run.point();
  }
  target->joined = true;
  run.acquire(target->clock);
  run.changed();
  run.done(op);
  if (result != nullptr) *result = target->result;
  return 0;
}

int detach(pthread_t handle, Address /*pc*/) {
  ++g_run->running().step;
  FuzzThread* thread = find(handle);
  if (thread == nullptr) return ESRCH;
  if (thread->detached || thread->joined) return EINVAL;
  thread->detached = true;
  return 0;
}

// The destructors of the objects on the thread's stack run: a lock held by a lock_guard there must
// be given back.
[[noreturn]] void exit_thread(void* result, Address /*pc*/) {
  FuzzThread& self = g_run->self();
  self.result = result;
  self.unwinding = {};
  const auto stop = [](int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*,
                       _Unwind_Context* context, void*) {
    if ((actions & _UA_END_OF_STACK) != 0 || _Unwind_GetCFA(context) > g_run->self().base_frame) {
      finish();
    }
    return _URC_NO_REASON;
  };
  _Unwind_ForcedUnwind(&self.unwinding, stop, nullptr);
  finish();
}

}  // namespace

void answer_thread(EngineTable& table, ObjectCalls& /*calls*/) {
  g_find_stack = find_stack;
  g_thread_number = [] { return g_run->tls().number(g_run->self().id); };
  table.thread_create = create;
  table.thread_join = join;
  table.thread_detach = detach;
  table.thread_exit = exit_thread;
  table.thread_atexit = [](void (*destructor)(void*), void* object, void* /*module*/) {
    g_run->self().destructors.push_back({destructor, object});
    return 0;
  };
}

}  // namespace heddle
