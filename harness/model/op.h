// What a thread is about to do, or did: the unit that engines execute, strategies look at and
// reports print.
#pragma once

#include <cstdint>
#include <string_view>

namespace heddle {

// 0 is the thread that runs main; the others count up in the order of their creation within a run.
using ThreadId = std::uint32_t;
inline constexpr ThreadId kNoThread = ~ThreadId{0};

// An address in the program under test. Never dereferenced outside the worker process.
using Address = std::uint64_t;

enum class OpKind : std::uint8_t {
  none,
  thread_start,
  thread_exit,
  thread_create,  // other: the new thread
  thread_join,    // other: the thread waited for
  thread_detach,  // other: the detached thread
  read,           // plain (non-atomic) access
  write,
  atomic_load,
  atomic_store,
  atomic_rmw,       // exchange, fetch_*, successful compare_exchange
  atomic_cas_fail,  // a compare_exchange that did not match: a load
  fence,
  mutex_lock,  // address2: of a lock-order inversion's place, the mutex that the thread held
  mutex_trylock_fail,
  mutex_unlock,
  cond_wait,  // address: condition variable, address2: mutex; gives the mutex up and waits
  cond_signal,
  cond_broadcast,
  rwlock_read_lock,
  rwlock_write_lock,
  rwlock_queue,  // a writer begins to wait, and keeps readers that come later out
  rwlock_other,  // a reader is let in, or not, as this C library does not
  rwlock_unlock,
  rwlock_shared_unlock,  // of a reader
  sem_wait,
  sem_trywait_fail,
  sem_post,
  sem_read,  // asks for the value
  barrier_wait,
  once,       // pthread_once, call_once, the first use of a function-local static: begins
  once_done,  // likewise: somebody else has done it before
  once_end,
  futex_wait,  // waits while the memory holds a value; std::atomic::wait ends here
  futex_wake,
  heap_free,       // address: the block, address2: its end
  heap_allocate,   // likewise
  object_init,     // of a synchronisation object; address2: its end
  object_destroy,  // likewise
  object_use,      // of a synchronisation object, in whatever way
  yield,
  interrupt,  // in a loop of code that is not instrumented, so that others can go on
  sleep,
  timeout,       // a timed wait or a sleep that ended because its time was up
  process_exit,  // exit() or the end of main
  failure,       // the place where a run failed
};

std::string_view to_string(OpKind kind);

// Numbered as the compilers pass it to the atomic hooks (the C11 order).
enum class MemoryOrder : std::uint8_t { relaxed, consume, acquire, release, acq_rel, seq_cst };

std::string_view to_string(MemoryOrder order);

constexpr bool acquires(MemoryOrder order) {
  return order == MemoryOrder::consume || order == MemoryOrder::acquire ||
         order == MemoryOrder::acq_rel || order == MemoryOrder::seq_cst;
}

constexpr bool releases(MemoryOrder order) {
  return order == MemoryOrder::release || order == MemoryOrder::acq_rel ||
         order == MemoryOrder::seq_cst;
}

struct Op {
  OpKind kind = OpKind::none;
  std::uint8_t size = 0;  // bytes of an access; barrier_wait: how many are missing, 255 for more
  MemoryOrder order = MemoryOrder::relaxed;
  ThreadId other = kNoThread;
  Address address = 0;  // the memory or the object operated on
  // cond_wait: the mutex; is_life(), plain accesses of more than 16 bytes, and in a trace those of
  // calls such as memset(), or of parts of it: the end of the memory.
  Address address2 = 0;
  Address pc = 0;  // return address of the hook: the call stands just before it
};

constexpr bool is_atomic(OpKind kind) {
  return kind == OpKind::atomic_load || kind == OpKind::atomic_store ||
         kind == OpKind::atomic_rmw || kind == OpKind::atomic_cas_fail;
}

constexpr bool is_plain_access(OpKind kind) {
  return kind == OpKind::read || kind == OpKind::write;
}

constexpr bool is_memory_access(OpKind kind) {
  return is_plain_access(kind) || is_atomic(kind);
}

// A life of memory, or of an object in it, begins or ends: a write to the whole of it.
constexpr bool is_life(OpKind kind) {
  return kind == OpKind::heap_free || kind == OpKind::object_init || kind == OpKind::object_destroy;
}

// Of an access to memory, or of a life: where the memory ends.
constexpr Address end_of(const Op& op) {
  return op.address2 != 0 ? op.address2 : op.address + (op.size == 0 ? 1 : op.size);
}

constexpr bool writes(OpKind kind) {
  return kind == OpKind::write || kind == OpKind::atomic_store || kind == OpKind::atomic_rmw;
}

}  // namespace heddle
