#include "harness/engine/stress/stress_hooks.h"

#include <errno.h>
#include <unwind.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "harness/engine/native/memory_limit.h"
#include "harness/engine/stress/stress_run.h"
#include "harness/hooks/c_library.h"
#include "harness/hooks/native_atomics.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"

namespace heddle::stress {
namespace {

// Every hook begins here. Null: the call comes from Heddle's own code, in a program's thread or
// not, and is none of the program's.
ProgramThread* step() {
  ProgramThread* self = t_self;
  if (self == nullptr) return nullptr;
  if (g_run.stopping()) [[unlikely]]
    Run::leave(*self, kStopped);
  self->slot.step();
  if (self->gate_budget != 0 && --self->gate_budget == 0) [[unlikely]]
    g_run.open_gate();
  self->delays->pass();
  return self;
}

[[gnu::noinline]] void look(ProgramThread& self, Address pc, Address address) {
  // Out of reach of the hooks: the unwinder is a library that calls them.
  t_self = nullptr;
  self.slot.repetition.look(pc, address, self.base_frame);
  t_self = &self;
}

ProgramThread* step(OpKind kind, Address address, Address pc, bool changes,
                    MemoryOrder order = MemoryOrder::relaxed) {
  // Before delays: what is left on the stack of them is never twice the same.
  if (t_self != nullptr && t_self->slot.repetition.asked()) [[unlikely]]
    look(*t_self, pc, address);
  ProgramThread* self = step();
  if (self != nullptr) {
    self->slot.note(kind, address, pc, order);
    if (changes) self->slot.change();
  }
  return self;
}

template <typename T>
Address address_of(T* object) {
  return reinterpret_cast<Address>(object);
}

// ---- plain accesses and calls

void on_read(Address address, Address pc) {
  step(OpKind::read, address, pc, false);
}
void on_write(Address address, Address pc) {
  step(OpKind::write, address, pc, true);
}
void on_read_range(Address address, std::size_t, Address pc) {
  on_read(address, pc);
}
void on_write_range(Address address, std::size_t, Address pc) {
  on_write(address, pc);
}

void func_entry(Address pc) {
  if (t_self != nullptr) t_self->slot.enter(pc);
}

void func_exit() {
  if (t_self != nullptr) t_self->slot.leave();
}

// ---- atomics, in the order asked for: an engine that made all of them stronger would hide bugs

template <typename T>
std::uint64_t load_as(Address address, MemoryOrder order) {
  T* at = detail::at<T>(address);
  switch (order) {
    case MemoryOrder::relaxed:
      return __atomic_load_n(at, __ATOMIC_RELAXED);
    case MemoryOrder::consume:
    case MemoryOrder::acquire:
      return __atomic_load_n(at, __ATOMIC_ACQUIRE);
    default:
      return __atomic_load_n(at, __ATOMIC_SEQ_CST);
  }
}

template <typename T>
void store_as(Address address, T value, MemoryOrder order) {
  T* at = detail::at<T>(address);
  switch (order) {
    case MemoryOrder::relaxed:
      __atomic_store_n(at, value, __ATOMIC_RELAXED);
      return;
    case MemoryOrder::release:
      __atomic_store_n(at, value, __ATOMIC_RELEASE);
      return;
    default:
      __atomic_store_n(at, value, __ATOMIC_SEQ_CST);
  }
}

std::uint64_t atomic_load(Address address, unsigned size, MemoryOrder order, Address pc) {
  step(OpKind::atomic_load, address, pc, false, order);
  switch (size) {
    case 1:
      return load_as<std::uint8_t>(address, order);
    case 2:
      return load_as<std::uint16_t>(address, order);
    case 4:
      return load_as<std::uint32_t>(address, order);
    default:
      return load_as<std::uint64_t>(address, order);
  }
}

void atomic_store(Address address, unsigned size, std::uint64_t value, MemoryOrder order,
                  Address pc) {
  step(OpKind::atomic_store, address, pc, true, order);
  switch (size) {
    case 1:
      return store_as(address, static_cast<std::uint8_t>(value), order);
    case 2:
      return store_as(address, static_cast<std::uint16_t>(value), order);
    case 4:
      return store_as(address, static_cast<std::uint32_t>(value), order);
    default:
      return store_as(address, value, order);
  }
}

// Read-modify-writes are locked instructions, that is sequentially consistent, in every order on
// this processor.
std::uint64_t atomic_rmw(Address address, unsigned size, RmwKind kind, std::uint64_t operand,
                         MemoryOrder order, Address pc) {
  step(OpKind::atomic_rmw, address, pc, true, order);
  return native_rmw(address, size, kind, operand);
}

bool atomic_cas(Address address, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                MemoryOrder order, MemoryOrder, bool, Address pc) {
  ProgramThread* self = step(OpKind::atomic_rmw, address, pc, false, order);
  const bool stored = native_cas(address, size, expected, desired);
  if (self != nullptr && stored) self->slot.change();
  return stored;
}

void atomic16(Address address, OpKind kind, MemoryOrder order, Address pc) {
  step(kind, address, pc, writes(kind), order);
}

void fence(MemoryOrder order, Address pc) {
  step(OpKind::fence, 0, pc, false, order);
  if (order == MemoryOrder::seq_cst) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  } else {
    __atomic_thread_fence(__ATOMIC_ACQ_REL);
  }
}

// ---- calls that block

// From here until after_blocking() the stop signal may end the call.
void before_blocking(ProgramThread& self, bool timed) {
  g_run.open_gate();
  self.slot.timed.store(timed, std::memory_order_relaxed);
  // Sequentially consistent with Run::request_stop(): either it sees this thread blocking and sends
  // the signal, or this thread sees that it is to stop.
  self.blocking.store(true);
  if (g_run.stopping()) Run::leave(self, kStopped);
}

void after_blocking(ProgramThread& self) {
  self.blocking.store(false, std::memory_order_relaxed);
  self.slot.note(OpKind::none, 0, self.slot.pc.load(std::memory_order_relaxed));
  if (g_run.stopping()) [[unlikely]]
    Run::leave(self, kStopped);
}

// With a limit of time, as far as it is known here: it is no hang.
void waits_outside(bool begins) {
  ProgramThread* const self = t_self;
  if (self == nullptr) return;
  if (begins) {
    before_blocking(*self, true);
  } else {
    after_blocking(*self);
  }
}

// The low bits are the type; others say robust, priority protocol, or elision, where the owner's
// field has another meaning.
bool has_plain_owner(const pthread_mutex_t* mutex) {
  const int kind = mutex->__data.__kind;
  return kind == PTHREAD_MUTEX_TIMED_NP || kind == PTHREAD_MUTEX_ADAPTIVE_NP;
}

int mutex_lock(pthread_mutex_t* mutex, Address pc) {
  ProgramThread* self = step(OpKind::mutex_lock, address_of(mutex), pc, true);
  if (self == nullptr) return real().pthread_mutex_lock(mutex);
  // Most locks are free, and then there is nothing to prepare for.
  const int tried = real().pthread_mutex_trylock(mutex);
  if (tried != EBUSY) return tried;
  if (has_plain_owner(mutex) && mutex->__data.__owner == self->slot.tid.load()) {
    g_run.fail(*self, FailureKind::self_deadlock, pc,
               "a thread locks a mutex that it holds already");
  }
  before_blocking(*self, false);
  const int result = real().pthread_mutex_lock(mutex);
  after_blocking(*self);
  return result;
}

int mutex_trylock(pthread_mutex_t* mutex, Address pc) {
  ProgramThread* self = step(OpKind::mutex_trylock_fail, address_of(mutex), pc, false);
  const int result = real().pthread_mutex_trylock(mutex);
  if (self != nullptr) {
    if (result == 0) {
      self->slot.change();
    } else {
      g_run.open_gate();
    }
  }
  return result;
}

int mutex_unlock(pthread_mutex_t* mutex, Address pc) {
  ProgramThread* self = step(OpKind::mutex_unlock, address_of(mutex), pc, true);
  if (self != nullptr && has_plain_owner(mutex) &&
      mutex->__data.__owner != self->slot.tid.load(std::memory_order_relaxed)) {
    g_run.fail(*self, FailureKind::bad_unlock, pc,
               "a thread unlocks a mutex that it does not hold");
  }
  return real().pthread_mutex_unlock(mutex);
}

int mutex_timedlock(pthread_mutex_t* mutex, clockid_t clock, const timespec* deadline, Address pc) {
  ProgramThread* self = step(OpKind::mutex_lock, address_of(mutex), pc, true);
  if (self == nullptr) return real().pthread_mutex_clocklock(mutex, clock, deadline);
  const int tried = real().pthread_mutex_trylock(mutex);
  if (tried != EBUSY) return tried;
  before_blocking(*self, true);
  const int result = real().pthread_mutex_clocklock(mutex, clock, deadline);
  after_blocking(*self);
  return result;
}

int mutex_destroy(pthread_mutex_t* mutex, Address pc) {
  step(OpKind::none, address_of(mutex), pc, true);
  return real().pthread_mutex_destroy(mutex);
}

int cond_wait(pthread_cond_t* cond, pthread_mutex_t* mutex, Address pc) {
  ProgramThread* self = step(OpKind::cond_wait, address_of(cond), pc, true);
  if (self == nullptr) return real().pthread_cond_wait(cond, mutex);
  self->slot.address2.store(address_of(mutex), std::memory_order_relaxed);
  before_blocking(*self, false);
  const int result = real().pthread_cond_wait(cond, mutex);
  after_blocking(*self);
  return result;
}

int cond_timedwait(pthread_cond_t* cond, pthread_mutex_t* mutex, clockid_t clock,
                   const timespec* deadline, Address pc) {
  ProgramThread* self = step(OpKind::cond_wait, address_of(cond), pc, true);
  if (self == nullptr) return real().pthread_cond_clockwait(cond, mutex, clock, deadline);
  self->slot.address2.store(address_of(mutex), std::memory_order_relaxed);
  before_blocking(*self, true);
  const int result = real().pthread_cond_clockwait(cond, mutex, clock, deadline);
  after_blocking(*self);
  return result;
}

void note_notification(pthread_cond_t* cond, OpKind kind, Address pc) {
  ProgramThread* self = step(kind, address_of(cond), pc, true);
  if (self == nullptr) return;
  const Address address = address_of(cond);
  g_run.notifications.notified(address, native::anyone_waits(g_run.slots(), address), self->id, pc);
}

int cond_signal(pthread_cond_t* cond, Address pc) {
  note_notification(cond, OpKind::cond_signal, pc);
  return real().pthread_cond_signal(cond);
}

int cond_broadcast(pthread_cond_t* cond, Address pc) {
  note_notification(cond, OpKind::cond_broadcast, pc);
  return real().pthread_cond_broadcast(cond);
}

int cond_destroy(pthread_cond_t* cond, Address pc) {
  ProgramThread* self = step(OpKind::none, address_of(cond), pc, true);
  if (self == nullptr) return real().pthread_cond_destroy(cond);
  // It waits for waiters that have been woken but have not left yet.
  before_blocking(*self, false);
  const int result = real().pthread_cond_destroy(cond);
  after_blocking(*self);
  return result;
}

OpKind kind_of(const SyncCall& call) {
  switch (call.kind) {
    case SyncCall::Kind::rwlock_read_lock:
      return OpKind::rwlock_read_lock;
    case SyncCall::Kind::rwlock_write_lock:
      return OpKind::rwlock_write_lock;
    case SyncCall::Kind::rwlock_unlock:
      return OpKind::rwlock_unlock;
    case SyncCall::Kind::spin_lock:
      return call.tries ? OpKind::mutex_trylock_fail : OpKind::mutex_lock;
    case SyncCall::Kind::spin_unlock:
      return OpKind::mutex_unlock;
    case SyncCall::Kind::sem_wait:
      return call.tries ? OpKind::sem_trywait_fail : OpKind::sem_wait;
    case SyncCall::Kind::sem_post:
      return OpKind::sem_post;
    case SyncCall::Kind::sem_read:
      return OpKind::sem_read;
    case SyncCall::Kind::barrier_wait:
      return OpKind::barrier_wait;
    case SyncCall::Kind::once_begin:
    case SyncCall::Kind::once_end:
      return OpKind::once;
    case SyncCall::Kind::futex_wait:
      return OpKind::futex_wait;
    case SyncCall::Kind::futex_wake:
      return OpKind::futex_wake;
    case SyncCall::Kind::rwlock_destroy:
    case SyncCall::Kind::spin_destroy:
    case SyncCall::Kind::sem_destroy:
    case SyncCall::Kind::barrier_destroy:
      return OpKind::none;
  }
  return OpKind::none;
}

bool may_block(const SyncCall& call) {
  switch (call.kind) {
    case SyncCall::Kind::rwlock_read_lock:
    case SyncCall::Kind::rwlock_write_lock:
    case SyncCall::Kind::sem_wait:
      return !call.tries;
    case SyncCall::Kind::barrier_wait:
    case SyncCall::Kind::futex_wait:
      return true;
    default:
      return false;
  }
}

int sync_call(const SyncCall& call, Address pc) {
  const OpKind kind = kind_of(call);
  // A failed try changes nothing, so that a loop around it is seen as waiting.
  const bool changes = !call.tries && kind != OpKind::futex_wait && kind != OpKind::sem_read;
  ProgramThread* self = step(kind, address_of(call.object), pc, changes);
  if (self == nullptr || !may_block(call)) {
    const int result = call_c_library(call);
    if (self != nullptr && call.tries && result == 0) self->slot.change();
    return result;
  }
  before_blocking(*self, call.deadline != nullptr);
  const int result = call_c_library(call);
  after_blocking(*self);
  return result;
}

int yield(Address pc) {
  if (step(OpKind::yield, 0, pc, false) != nullptr) g_run.open_gate();
  return real().sched_yield();
}

int sleep(const timespec* duration, Address pc) {
  ProgramThread* self = step(OpKind::sleep, 0, pc, false);
  if (self == nullptr) return real().clock_nanosleep(CLOCK_MONOTONIC, 0, duration, nullptr);
  before_blocking(*self, true);
  const int result = real().clock_nanosleep(CLOCK_MONOTONIC, 0, duration, nullptr);
  after_blocking(*self);
  // Time has passed, which a loop that waits for it to pass may count as progress.
  self->slot.change();
  return result;
}

int clock_gettime(clockid_t clock, timespec* now) {
  // A loop that waits for a time to come goes on by itself.
  if (t_self != nullptr) t_self->slot.change();
  return real().clock_gettime(clock, now);
}

// ---- threads

int thread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*start)(void*),
                  void* argument, Address pc) {
  ProgramThread* self = step(OpKind::thread_create, 0, pc, true);
  if (self == nullptr) return real().pthread_create(thread, attr, start, argument);
  int state = PTHREAD_CREATE_JOINABLE;
  std::size_t stack_size = 0;
  if (attr != nullptr) {
    pthread_attr_getdetachstate(attr, &state);
    pthread_attr_getstacksize(attr, &stack_size);
  }
  const StackBounds given = given_stack(attr);
  return g_run.create(*self, thread, start, argument, given.size == 0 ? stack_size : 0, given,
                      state == PTHREAD_CREATE_DETACHED);
}

int thread_join(pthread_t thread, void** result, Address pc) {
  ProgramThread* self = step(OpKind::thread_join, thread, pc, true);
  if (self == nullptr) return real().pthread_join(thread, result);
  ProgramThread* other = g_run.find(thread);
  if (other == nullptr || other->joined.load()) return ESRCH;
  if (other == self) return EDEADLK;
  if (other->detached.load()) return EINVAL;
  if (other->finished.load(std::memory_order_acquire) != 2) {
    before_blocking(*self, false);
    std::uint32_t running = 0;
    other->finished.compare_exchange_strong(running, 1);
    while (other->finished.load(std::memory_order_acquire) != 2) {
      native::futex_wait(other->finished, 1);
    }
    after_blocking(*self);
  }
  other->joined = true;
  if (result != nullptr) *result = other->result;
  return 0;
}

int thread_detach(pthread_t thread, Address pc) {
  ProgramThread* self = step(OpKind::thread_detach, thread, pc, true);
  if (self == nullptr) return real().pthread_detach(thread);
  ProgramThread* other = g_run.find(thread);
  if (other == nullptr || other->joined.load()) return ESRCH;
  return other->detached.exchange(true) ? EINVAL : 0;
}

int thread_atexit(void (*destructor)(void*), void* object, void* module) {
  ProgramThread* self = t_self;
  if (self == nullptr) return real().cxa_thread_atexit(destructor, object, module);
  if (self->destructor_count == self->destructors.size()) return -1;
  self->destructors[self->destructor_count++] = {destructor, object};
  return 0;
}

int key_create(pthread_key_t* key, void (*destructor)(void*)) {
  return t_self == nullptr ? passthrough_table().key_create(key, destructor)
                           : g_run.keys.create(key, destructor);
}

int key_delete(pthread_key_t key) {
  return ThreadKeys::owns(key) ? g_run.keys.remove(key) : passthrough_table().key_delete(key);
}

int key_set(pthread_key_t key, void* value) {
  if (!ThreadKeys::owns(key)) return passthrough_table().key_set(key, value);
  return t_self == nullptr ? EINVAL : g_run.keys.set(t_self->key_values, key, value);
}

void* key_get(pthread_key_t key) {
  if (!ThreadKeys::owns(key)) return passthrough_table().key_get(key);
  return t_self == nullptr ? nullptr : g_run.keys.get(t_self->key_values, key);
}

// pthread_exit() runs the destructors of the objects on the thread's stack: a lock held by a
// lock_guard there must be given back.
_Unwind_Reason_Code stop_at_base(int, _Unwind_Action actions, _Unwind_Exception_Class,
                                 _Unwind_Exception*, _Unwind_Context* context, void* argument) {
  auto& self = *static_cast<ProgramThread*>(argument);
  if ((actions & _UA_END_OF_STACK) != 0 || _Unwind_GetCFA(context) > self.base_frame) {
    Run::leave(self, kThreadExit);
  }
  return _URC_NO_REASON;
}

void thread_exit(void* result, Address pc) {
  ProgramThread* self = step(OpKind::thread_exit, 0, pc, true);
  if (self == nullptr) {
    real().pthread_exit(result);
    __builtin_unreachable();
  }
  self->result = result;
  thread_local _Unwind_Exception unwinding;
  unwinding = {};
  _Unwind_ForcedUnwind(&unwinding, stop_at_base, self);
  Run::leave(*self, kThreadExit);
}

void double_free(Address, Address pc) {
  ProgramThread* self = t_self;
  if (self != nullptr) {
    g_run.fail(*self, FailureKind::double_free, pc, "a block that was freed before is freed again");
  }
}

void out_of_memory(Address pc) {
  ProgramThread* self = t_self;
  if (self == nullptr) return;
  g_run.fail(*self, FailureKind::out_of_memory, pc, native::memory_limit::words());
}

// ---- ends

void exit_run(int status, Address pc) {
  ProgramThread* self = step(OpKind::process_exit, 0, pc, true);
  if (self == nullptr && g_run.is_child()) Run::end_child(status);
  if (self == nullptr) real().exit(status);
  g_run.finish(*self, status, pc);
}

void exit_run_at_once(int status, Address pc) {
  ProgramThread* self = step(OpKind::process_exit, 0, pc, true);
  if (self == nullptr) native::end_process(status);
  g_run.finish_at_once(*self, status, pc);
}

void abort_run(Address pc) {
  ProgramThread* self = t_self;
  if (self == nullptr) real().abort();
  const native::AbortReason reason = native::explain_abort(pc);
  g_run.fail(*self, reason.kind, pc, reason.message.c_str());
}

void assert_fail(const char* expression, const char* file, unsigned line, const char* function,
                 Address pc) {
  ProgramThread* self = t_self;
  if (self == nullptr) real().assert_fail(expression, file, line, function);
  const native::MessageBuffer message = native::assertion_message(expression, file, line, function);
  g_run.fail(*self, FailureKind::assertion, pc, message.c_str());
}

}  // namespace

constinit const EngineTable kStressTable = {
    .read = {on_read, on_read, on_read, on_read, on_read},
    .write = {on_write, on_write, on_write, on_write, on_write},
    .read_range = on_read_range,
    .write_range = on_write_range,
    .is_torn = nullptr,
    .skip_steps = nullptr,
    .func_entry = func_entry,
    .func_exit = func_exit,
    .atomic_load = atomic_load,
    .atomic_store = atomic_store,
    .atomic_rmw = atomic_rmw,
    .atomic_cas = atomic_cas,
    .atomic16 = atomic16,
    .fence = fence,
    .annotate = [](Address, bool) {},
    .thread_create = thread_create,
    .thread_join = thread_join,
    .thread_detach = thread_detach,
    .thread_atexit = thread_atexit,
    .thread_exit = thread_exit,
    .mutex_lock = mutex_lock,
    .mutex_trylock = mutex_trylock,
    .mutex_unlock = mutex_unlock,
    .mutex_timedlock = mutex_timedlock,
    .mutex_destroy = mutex_destroy,
    .cond_wait = cond_wait,
    .cond_timedwait = cond_timedwait,
    .cond_signal = cond_signal,
    .cond_broadcast = cond_broadcast,
    .cond_destroy = cond_destroy,
    .object_init = nullptr,
    .sync_call = sync_call,
    .unsupported = [](const char*, Address) {},
    .waits_outside = waits_outside,
    .key_create = key_create,
    .key_delete = key_delete,
    .key_set = key_set,
    .key_get = key_get,
    .heap_free = nullptr,
    .heap_allocate = nullptr,
    .double_free = double_free,
    .out_of_memory = out_of_memory,
    .handle_signal = nullptr,
    .yield = yield,
    .sleep = sleep,
    .clock_gettime = clock_gettime,
    .exit = exit_run,
    .exit_at_once = exit_run_at_once,
    .abort = abort_run,
    .assert_fail = assert_fail,
};

}  // namespace heddle::stress
