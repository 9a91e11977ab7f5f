// Mutexes (pthread_mutex_t). To be included by relacy_runner.cpp alone.
#pragma once

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "harness/engine/relacy/objects/object_table.h"
#include "harness/engine/relacy/run/context.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/model/op.h"

namespace heddle::relacy {

template <rl::thread_id_t kThreads>
struct Mutex {
  static constexpr int kFree = -1;

  explicit Mutex(int type)
      : kind(type), data(false, type == PTHREAD_MUTEX_RECURSIVE, false, false) {}

  int kind;
  int owner = kFree;
  unsigned depth = 0;
  rl::generic_mutex_data_impl<kThreads> data;
};

template <typename Model>
class Mutexes {
 public:
  using MutexOf = Mutex<Model::kThreads>;

  explicit Mutexes(Run<Model>& run) : run_(run), mutexes_(run) {}

  MutexOf& at(pthread_mutex_t* mutex) {
    return mutexes_.at(address_of(mutex), mutex->__data.__kind & 3);
  }
  // Null: the run has not used it.
  const MutexOf* find(Address address) { return mutexes_.find(address); }

  // `deadline`: null for none. Relacy has no clock: a time limit may run out at any moment, or
  // never.
  int lock(pthread_mutex_t* mutex, const timespec* deadline, Address pc) {
    const Address address = address_of(mutex);
    run_.pending(OpKind::mutex_lock, address, pc);
    MutexOf& shadow = at(mutex);
    if (shadow.owner == run_.current() && shadow.kind == PTHREAD_MUTEX_ERRORCHECK) {
      run_.done();
      return EDEADLK;
    }
    const bool locked = shadow.data.lock_exclusive(deadline != nullptr, kNowhere);
    run_.done();
    if (!locked) {
      run_.clock().pass_until(*deadline);
      run_.record(OpKind::timeout, address, 0, MemoryOrder::relaxed, pc);
      return ETIMEDOUT;
    }
    taken(shadow, address, pc);
    return 0;
  }

  int try_lock(pthread_mutex_t* mutex, Address pc) {
    const Address address = address_of(mutex);
    run_.pending(OpKind::mutex_lock, address, pc);
    MutexOf& shadow = at(mutex);
    bool locked = false;
    if (shadow.owner == run_.current() && shadow.kind != PTHREAD_MUTEX_RECURSIVE) {
      // An answer to POSIX, an error of the program to Relacy.
      run_.schedule();
    } else {
      locked = shadow.data.try_lock_exclusive(kNowhere);
    }
    run_.done();
    if (!locked) {
      run_.record(OpKind::mutex_trylock_fail, address, 0, MemoryOrder::relaxed, pc);
      return EBUSY;
    }
    taken(shadow, address, pc);
    return 0;
  }

  int unlock(pthread_mutex_t* mutex, Address pc) {
    const Address address = address_of(mutex);
    run_.pending(OpKind::mutex_unlock, address, pc);
    MutexOf& shadow = at(mutex);
    if (shadow.owner != run_.current() &&
        (shadow.kind == PTHREAD_MUTEX_ERRORCHECK || shadow.kind == PTHREAD_MUTEX_RECURSIVE)) {
      run_.done();
      return EPERM;
    }
    shadow.data.unlock_exclusive(kNowhere);
    run_.done();
    // No other thread has run since Relacy gave the mutex up.
    if (--shadow.depth == 0) shadow.owner = MutexOf::kFree;
    run_.record(OpKind::mutex_unlock, address, 0, MemoryOrder::relaxed, pc);
    return 0;
  }

  int destroy(pthread_mutex_t* mutex) {
    ++run_.me().steps;
    const MutexOf* shadow = mutexes_.find(address_of(mutex));
    if (shadow == nullptr) return 0;
    if (shadow->owner != MutexOf::kFree) return EBUSY;
    mutexes_.destroy(address_of(mutex));
    return 0;
  }

 private:
  void taken(MutexOf& shadow, Address address, Address pc) {
    shadow.owner = run_.current();
    ++shadow.depth;
    run_.record(OpKind::mutex_lock, address, 0, MemoryOrder::relaxed, pc);
  }

  Run<Model>& run_;
  ObjectTable<Model, MutexOf> mutexes_;
};

}  // namespace heddle::relacy
