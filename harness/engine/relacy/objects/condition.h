// Condition variables (pthread_cond_t). To be included by relacy_runner.cpp alone.
#pragma once

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <optional>

#include "harness/engine/relacy/objects/mutex.h"
#include "harness/engine/relacy/objects/object_table.h"
#include "harness/engine/relacy/run/context.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/model/op.h"

namespace heddle::relacy {

template <rl::thread_id_t kThreads>
struct Condition {
  // POSIX allows a wait to end for no reason, and Relacy tries it (not in a search by depth).
  Condition() : data(true) {}

  unsigned waiters = 0;
  // The last to notify while nobody waited.
  ThreadId notifier = kNoThread;
  Address notifier_pc = 0;
  rl::condvar_data_impl<kThreads> data;
};

template <typename Model>
class Conditions {
 public:
  using ConditionOf = Condition<Model::kThreads>;

  Conditions(Run<Model>& run, Mutexes<Model>& mutexes)
      : run_(run), mutexes_(mutexes), conditions_(run) {}

  // Null: the run has not used it.
  const ConditionOf* find(Address address) { return conditions_.find(address); }

  // `deadline`: null for none.
  int wait(pthread_cond_t* cond, pthread_mutex_t* mutex, const timespec* deadline, Address pc) {
    const Address address = address_of(cond);
    run_.pending(OpKind::cond_wait, address, pc, kNoThread, address_of(mutex));
    run_.record(OpKind::cond_wait, address, 0, MemoryOrder::relaxed, pc, kNoThread, std::nullopt,
                std::nullopt, address_of(mutex));
    ConditionOf& condition = conditions_.at(address);
    const WaitingMutex waiting(run_, condition, mutexes_.at(mutex));
    // In this class's base the function is public.
    rl::condvar_data& data = condition.data;
    const rl::sema_wakeup_reason reason = data.wait(waiting, deadline != nullptr, kNowhere);
    run_.done();
    ++run_.me().steps;
    const bool timed_out = reason == rl::sema_wakeup_reason_timeout;
    if (timed_out) {
      run_.clock().pass_until(*deadline);
      run_.record(OpKind::timeout, address, 0, MemoryOrder::relaxed, pc);
    }
    run_.record(OpKind::mutex_lock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
    return timed_out ? ETIMEDOUT : 0;
  }

  int notify(pthread_cond_t* cond, bool all, Address pc) {
    const OpKind kind = all ? OpKind::cond_broadcast : OpKind::cond_signal;
    run_.pending(kind, address_of(cond), pc);
    ConditionOf& condition = conditions_.at(address_of(cond));
    rl::condvar_data& data = condition.data;
    if (all) {
      data.notify_all(kNowhere);
    } else {
      data.notify_one(kNowhere);
    }
    run_.done();
    if (condition.waiters == 0) {
      condition.notifier = run_.current_id();
      condition.notifier_pc = pc;
    } else {
      condition.waiters = all ? 0 : condition.waiters - 1;
    }
    run_.record(kind, address_of(cond), 0, MemoryOrder::relaxed, pc);
    return 0;
  }

  int destroy(pthread_cond_t* cond) {
    ++run_.me().steps;
    const ConditionOf* condition = conditions_.find(address_of(cond));
    if (condition != nullptr && condition->waiters == 0) conditions_.destroy(address_of(cond));
    return 0;
  }

 private:
  using MutexOf = typename Mutexes<Model>::MutexOf;

  // What Relacy's condition variable does with the mutex.
  class WaitingMutex final : public rl::mutex_wrapper {
   public:
    WaitingMutex(Run<Model>& run, ConditionOf& condition, MutexOf& mutex)
        : run_(run), condition_(condition), mutex_(mutex) {}
    void unlock(rl::debug_info_param) const override {
      mutex_.data.unlock_exclusive(kNowhere);
      mutex_.owner = MutexOf::kFree;
      // Nobody else runs before the thread waits.
      ++condition_.waiters;
    }
    void lock(rl::debug_info_param) const override {
      // Whoever notified has taken the waiter off already.
      if (run_.info().unpark_reason_ != rl::unpark_reason_normal && condition_.waiters != 0) {
        --condition_.waiters;
      }
      Op& pending = run_.me().pending;
      pending.kind = OpKind::mutex_lock;
      pending.address = pending.address2;
      mutex_.data.lock_exclusive(false, kNowhere);
      mutex_.owner = run_.current();
    }

   private:
    Run<Model>& run_;
    ConditionOf& condition_;
    MutexOf& mutex_;
  };

  Run<Model>& run_;
  Mutexes<Model>& mutexes_;
  ObjectTable<Model, ConditionOf> conditions_;
};

}  // namespace heddle::relacy
