// Who waits for what in a run that cannot go on. To be included by relacy_runner.cpp alone.
#pragma once

#include <vector>

#include "harness/engine/native/hang.h"
#include "harness/engine/relacy/objects/condition.h"
#include "harness/engine/relacy/objects/mutex.h"
#include "harness/engine/relacy/run/call_place.h"
#include "harness/engine/relacy/run/fibers.h"
#include "harness/engine/relacy/run/known_failures.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/engine/relacy/run/thread_state.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::relacy {

// To be asked after the run, when no thread will run any more.
template <typename Model>
class Deadlock {
 public:
  Deadlock(Run<Model>& run, Mutexes<Model>& mutexes, Conditions<Model>& conditions)
      : run_(run), mutexes_(mutexes), conditions_(conditions) {}

  CheapKey key() {
    CheapKey key(FailureKind::deadlock);
    for (int i = 0; i <= run_.created(); ++i) {
      const ThreadState& thread = run_.thread(i);
      if (thread.finished || !thread.waits) continue;
      key.add(thread.pending.pc).add(thread.pending.address).add(thread.pending.other);
    }
    return key;
  }

  Failed describe() {
    std::vector<native::StuckThread> stuck;
    for (int i = 0; i <= run_.created(); ++i) {
      const ThreadState& thread = run_.thread(i);
      if (!thread.finished && thread.waits) stuck.push_back(describe_thread(i));
    }
    return native::describe_hang(stuck, true);
  }

 private:
  native::StuckThread describe_thread(int thread) {
    native::StuckThread stuck;
    stuck.id = static_cast<ThreadId>(thread);
    stuck.op = run_.thread(thread).pending;
    set_stack(stuck.op, stuck.stack, g_fibers->stack_of(thread), g_fibers->code);
    stuck.waits = true;
    if (stuck.op.kind == OpKind::mutex_lock) {
      const auto* mutex = mutexes_.find(stuck.op.address);
      if (mutex != nullptr && mutex->owner >= 0) {
        stuck.holder = static_cast<ThreadId>(mutex->owner);
        stuck.holder_ended = run_.thread(mutex->owner).finished;
      }
    } else if (stuck.op.kind == OpKind::cond_wait) {
      const auto* condition = conditions_.find(stuck.op.address);
      if (condition != nullptr) {
        stuck.notifier = condition->notifier;
        stuck.notifier_pc = condition->notifier_pc;
      }
    }
    return stuck;
  }

  Run<Model>& run_;
  Mutexes<Model>& mutexes_;
  Conditions<Model>& conditions_;
};

}  // namespace heddle::relacy
