// Threads of the program. To be included by relacy_runner.cpp alone.
#pragma once

#include <errno.h>
#include <pthread.h>

#include <algorithm>
#include <cstddef>

#include "harness/engine/fiber/tls_lender.h"
#include "harness/engine/relacy/objects/thread_key.h"
#include "harness/engine/relacy/run/context.h"
#include "harness/engine/relacy/run/fibers.h"
#include "harness/engine/relacy/run/process.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/engine/relacy/run/thread_state.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/stack_bounds.h"
#include "harness/model/op.h"

namespace heddle::relacy {

template <typename Model>
class Threads {
 public:
  Threads(Run<Model>& run, Process<Model>& process, RunKeys<Model>& keys)
      : run_(run), process_(process), keys_(keys) {
    self_ = this;
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { self_ = nullptr; }

  int create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
             void* argument, Address pc) {
    ++run_.me().steps;
    std::size_t stack_size = 0;
    if (attributes != nullptr) pthread_attr_getstacksize(attributes, &stack_size);
    stack_size = std::max(stack_size, FiberStacks::kSize);
    if (!g_fibers->make_stack(run_.created() + 1, stack_size)) return EAGAIN;
    ThreadState& state = run_.create_thread();
    const int id = run_.created();
    state.start = start;
    state.argument = argument;
    g_fibers->reset(id, stack_size, given_stack(attributes));
    state.sync = run_.context().create_thread(&Threads::main, &state);
    *thread = TlsLender::handle(g_fibers->base[run_.index(id)]);
    run_.record(OpKind::thread_create, 0, 0, MemoryOrder::relaxed, pc, static_cast<ThreadId>(id));
    return 0;
  }

  int join(pthread_t handle, void** value, Address pc) {
    ThreadState* other = find(handle);
    if (other == nullptr) return ESRCH;
    if (other == &run_.me()) return EDEADLK;
    const int id = run_.id_of(*other);
    if (other->detached) return EINVAL;
    // Relacy has nothing that would tell the end of the thread that runs main.
    if (id == 0) {
      run_.refuse("the program waits for ", "main's thread to end",
                  ", which the relacy engine does not know; fuzz may");
    }
    if (other->joining) {
      run_.fail(FailureKind::use_after_destroy, "two threads join the same thread", pc);
    }
    other->joining = true;
    run_.pending(OpKind::thread_join, 0, pc, static_cast<ThreadId>(id));
    other->sync->wait(false, false, kNowhere);
    run_.done();
    run_.joined(*other);
    if (value != nullptr) *value = other->result;
    run_.record(OpKind::thread_join, 0, 0, MemoryOrder::relaxed, pc, static_cast<ThreadId>(id));
    return 0;
  }

  int detach(pthread_t handle, Address pc) {
    ThreadState* other = find(handle);
    if (other == nullptr) return ESRCH;
    if (other->joined || other->detached) return EINVAL;
    other->detached = true;
    ++run_.me().steps;
    run_.record(OpKind::thread_detach, 0, 0, MemoryOrder::relaxed, pc,
                static_cast<ThreadId>(run_.id_of(*other)));
    return 0;
  }

  // As __cxa_thread_atexit_impl.
  int at_exit(void (*destructor)(void*), void* object) {
    const RuntimeScope scope;
    run_.me().destructors.emplace_back(destructor, object);
    return 0;
  }

  // Not noexcept, for the reason that ThreadState::run_destructors() gives.
  [[noreturn]] void end(void* value, Address pc) {
    run_.me().run_destructors();
    keys_.run_destructors();
    ThreadState& state = run_.me();
    ++state.steps;
    state.result = value;
    state.finished = true;
    run_.record(OpKind::thread_exit, 0, 0, MemoryOrder::relaxed, pc);
    run_.info().on_finish();
    switch (run_.scheduler().thread_finished()) {
      case rl::thread_finish_result_last:
        // main called pthread_exit(): the process ends with its last thread, and with success.
        process_.exit(0, pc);
      case rl::thread_finish_result_deadlock:
        run_.leave_stuck();
      case rl::thread_finish_result_normal:
        break;
    }
    run_.schedule();
    __builtin_unreachable();  // nobody switches to a thread that has ended
  }

 private:
  static void* main(void* argument) {
    auto& state = *static_cast<ThreadState*>(argument);
    self_->run_.record(OpKind::thread_start, 0, 0, MemoryOrder::relaxed, 0);
    self_->end(state.start(state.argument), 0);
    __builtin_unreachable();  // compilers do not look into templates for what does not return
  }

  // Null: no thread of this run.
  ThreadState* find(pthread_t handle) {
    for (int i = 0; i <= run_.created(); ++i) {
      if (TlsLender::handle(g_fibers->base[run_.index(i)]) == handle) return &run_.thread(i);
    }
    return nullptr;
  }

  static inline Threads* self_ = nullptr;

  Run<Model>& run_;
  Process<Model>& process_;
  RunKeys<Model>& keys_;
};

}  // namespace heddle::relacy
