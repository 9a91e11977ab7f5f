// What Relacy cannot express: read-write locks, spin locks, semaphores, barriers, futexes. A
// program that uses one ends the search, which says so. To be included by relacy_runner.cpp alone.
#pragma once

#include "harness/engine/relacy/run/run.h"
#include "harness/hooks/engine_table.h"

namespace heddle::relacy {

template <typename Model>
[[noreturn]] void refuse(Run<Model>& run, const char* what) {
  run.refuse("the program uses ", what, ", which the relacy engine does not know; fuzz may");
}

// Of a kind that is none of pthread_once's. Returns from what destroys, which is nothing to refuse.
template <typename Model>
int refuse_sync_call(Run<Model>& run, SyncCall::Kind kind) {
  switch (kind) {
    case SyncCall::Kind::rwlock_read_lock:
    case SyncCall::Kind::rwlock_write_lock:
    case SyncCall::Kind::rwlock_unlock:
      refuse(run, "read-write locks");
    case SyncCall::Kind::spin_lock:
    case SyncCall::Kind::spin_unlock:
      refuse(run, "spin locks");
    case SyncCall::Kind::sem_wait:
    case SyncCall::Kind::sem_post:
    case SyncCall::Kind::sem_read:
      refuse(run, "semaphores");
    case SyncCall::Kind::barrier_wait:
      refuse(run, "barriers");
    case SyncCall::Kind::futex_wait:
    case SyncCall::Kind::futex_wake:
      refuse(run, "futexes (std::atomic::wait, std::future and their kin)");
    case SyncCall::Kind::rwlock_destroy:
    case SyncCall::Kind::spin_destroy:
    case SyncCall::Kind::sem_destroy:
    case SyncCall::Kind::barrier_destroy:
    case SyncCall::Kind::once_begin:
    case SyncCall::Kind::once_end:
      break;
  }
  return 0;
}

}  // namespace heddle::relacy
