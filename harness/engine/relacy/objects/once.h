// What is to be done once (pthread_once, local statics). To be included by relacy_runner.cpp alone.
#pragma once

#include "harness/engine/relacy/memory/atomics.h"
#include "harness/engine/relacy/objects/mutex.h"
#include "harness/engine/relacy/objects/object_table.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/native_atomics.h"
#include "harness/model/op.h"

namespace heddle::relacy {

template <typename Model>
class Onces {
 public:
  using Lock = Mutex<Model::kThreads>;

  Onces(Run<Model>& run, Atomics<Model>& atomics) : run_(run), atomics_(atomics), locks_(run) {}

  // 0: done before, 1: the caller has to do it now.
  int begin(const SyncCall& call, Address pc) {
    const Address address = address_of(call.object);
    run_.pending(OpKind::once, address, pc);
    // Held while it is done. A look at the word alone may see what it was before, as an atomic load
    // may, and would then not know what was done.
    Lock& lock = locks_.at(address, int{PTHREAD_MUTEX_DEFAULT});
    lock.data.lock_exclusive(false, kNowhere);
    run_.done();
    if (!call.is_done(call.object)) {
      run_.record(OpKind::once, address, 0, MemoryOrder::relaxed, pc);
      lock.owner = run_.current();
      return 1;
    }
    lock.data.unlock_exclusive(kNowhere);
    run_.record(OpKind::once_done, address, 0, MemoryOrder::relaxed, pc);
    return 0;
  }

  int end(const SyncCall& call, Address pc) {
    const Address address = address_of(call.object);
    // For the program's own look at it, before it calls. Done natively first; found there before
    // the store, that would be a value that every thread has known for ever.
    if (call.set_done != nullptr) call.set_done(call.object);
    const std::uint64_t done = native_load(address, 1);
    if (done != 0) native_store(address, 1, 0);
    atomics_.store(address, 1, done, MemoryOrder::release, pc);
    Lock* lock = locks_.find(address);
    // A guard that was taken before the run, or by code that Heddle does not see.
    if (lock == nullptr || lock->owner != run_.current()) return 0;
    lock->owner = Lock::kFree;
    run_.pending(OpKind::once_end, address, pc);
    lock->data.unlock_exclusive(kNowhere);
    run_.done();
    return 0;
  }

 private:
  Run<Model>& run_;
  Atomics<Model>& atomics_;
  ObjectTable<Model, Lock> locks_;
};

}  // namespace heddle::relacy
