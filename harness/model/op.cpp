#include "harness/model/op.h"

namespace heddle {

std::string_view to_string(OpKind kind) {
  switch (kind) {
    case OpKind::none:
      return "none";
    case OpKind::thread_start:
      return "thread start";
    case OpKind::thread_exit:
      return "thread exit";
    case OpKind::thread_create:
      return "thread create";
    case OpKind::thread_join:
      return "thread join";
    case OpKind::thread_detach:
      return "thread detach";
    case OpKind::read:
      return "read";
    case OpKind::write:
      return "write";
    case OpKind::atomic_load:
      return "atomic load";
    case OpKind::atomic_store:
      return "atomic store";
    case OpKind::atomic_rmw:
      return "atomic read-modify-write";
    case OpKind::atomic_cas_fail:
      return "failed compare-exchange";
    case OpKind::fence:
      return "fence";
    case OpKind::mutex_lock:
      return "mutex lock";
    case OpKind::mutex_trylock_fail:
      return "failed mutex trylock";
    case OpKind::mutex_unlock:
      return "mutex unlock";
    case OpKind::cond_wait:
      return "condition wait";
    case OpKind::cond_signal:
      return "condition signal";
    case OpKind::cond_broadcast:
      return "condition broadcast";
    case OpKind::rwlock_read_lock:
      return "read lock";
    case OpKind::rwlock_write_lock:
      return "write lock";
    case OpKind::rwlock_queue:
      return "queue for a write lock";
    case OpKind::rwlock_other:
      return "other read-write lock";
    case OpKind::rwlock_unlock:
      return "write unlock";
    case OpKind::rwlock_shared_unlock:
      return "read unlock";
    case OpKind::sem_wait:
      return "semaphore wait";
    case OpKind::sem_trywait_fail:
      return "failed semaphore trywait";
    case OpKind::sem_post:
      return "semaphore post";
    case OpKind::sem_read:
      return "semaphore read";
    case OpKind::barrier_wait:
      return "barrier wait";
    case OpKind::once:
      return "once";
    case OpKind::once_done:
      return "once, done before";
    case OpKind::once_end:
      return "once, end";
    case OpKind::futex_wait:
      return "futex wait";
    case OpKind::futex_wake:
      return "futex wake";
    case OpKind::heap_free:
      return "free";
    case OpKind::heap_allocate:
      return "allocation";
    case OpKind::object_init:
      return "initialisation";
    case OpKind::object_destroy:
      return "destruction";
    case OpKind::object_use:
      return "use";
    case OpKind::yield:
      return "yield";
    case OpKind::interrupt:
      return "interruption";
    case OpKind::sleep:
      return "sleep";
    case OpKind::timeout:
      return "timeout";
    case OpKind::process_exit:
      return "process exit";
    case OpKind::failure:
      return "failure";
  }
  return "unknown operation";
}

std::string_view to_string(MemoryOrder order) {
  switch (order) {
    case MemoryOrder::relaxed:
      return "relaxed";
    case MemoryOrder::consume:
      return "consume";
    case MemoryOrder::acquire:
      return "acquire";
    case MemoryOrder::release:
      return "release";
    case MemoryOrder::acq_rel:
      return "acq_rel";
    case MemoryOrder::seq_cst:
      return "seq_cst";
  }
  return "unknown order";
}

}  // namespace heddle
