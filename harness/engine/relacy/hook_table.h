// The program's calls during a run, each forwarded to the part of the engine that answers it. To be
// included by relacy_runner.cpp alone.
#pragma once

#include <pthread.h>
#include <time.h>

#include <cstddef>
#include <cstdint>

#include "harness/engine/fiber/fiber_signals.h"
#include "harness/engine/relacy/memory/fences.h"
#include "harness/engine/relacy/objects/inexpressible.h"
#include "harness/engine/relacy/rooms.h"
#include "harness/hooks/atomics_seen.h"
#include "harness/hooks/engine_table.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::relacy {

template <typename Model>
class HookTable {
 public:
  // Whose runs are executed.
  static void serve(Rooms<Model>* rooms) { rooms_ = rooms; }

  static EngineTable make() {
    EngineTable table{};
    set_plain_accesses(table);
    set_atomics(table);
    set_threads(table);
    set_locks(table);
    set_time(table);
    set_process(table);
    return table;
  }

 private:
  static void set_plain_accesses(EngineTable& table) {
    table.read[0] = access<false, 1>;
    table.read[1] = access<false, 2>;
    table.read[2] = access<false, 4>;
    table.read[3] = access<false, 8>;
    table.read[4] = access<false, 16>;
    table.write[0] = access<true, 1>;
    table.write[1] = access<true, 2>;
    table.write[2] = access<true, 4>;
    table.write[3] = access<true, 8>;
    table.write[4] = access<true, 16>;
    table.read_range = [](Address a, std::size_t size, Address pc) {
      rooms_->plain.template access_range<false>(a, size, pc);
    };
    table.write_range = [](Address a, std::size_t size, Address pc) {
      rooms_->plain.template access_range<true>(a, size, pc);
    };
  }

  template <bool kWrite, unsigned kSize>
  static void access(Address a, Address pc) {
    rooms_->plain.template access<kWrite>(a, kSize, pc);
  }

  static void set_atomics(EngineTable& table) {
    table.atomic_load = [](Address a, unsigned size, MemoryOrder order, Address pc) {
      return rooms_->atomics.load(a, size, order, pc);
    };
    table.atomic_store = [](Address a, unsigned size, std::uint64_t value, MemoryOrder order,
                            Address pc) { rooms_->atomics.store(a, size, value, order, pc); };
    table.atomic_rmw = [](Address a, unsigned size, RmwKind kind, std::uint64_t operand,
                          MemoryOrder order, Address pc) {
      return rooms_->atomics.read_modify_write(a, size, kind, operand, order, pc);
    };
    table.atomic_cas = [](Address a, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                          MemoryOrder success, MemoryOrder failure, bool weak, Address pc) {
      return rooms_->atomics.compare_exchange(a, size, expected, desired, success, failure, weak,
                                              pc);
    };
    table.atomic16 = [](Address a, OpKind kind, MemoryOrder order, Address pc) {
      rooms_->atomics.access16(a, kind, order, pc);
    };
    table.heap_free = [](Address block, std::size_t size, Address pc) {
      rooms_->plain.free(block, size, pc);
    };
    table.heap_allocate = [](Address block, std::size_t size, Address pc) {
      rooms_->plain.allocate(block, size, pc);
    };
    table.double_free = [](Address block, Address pc) { rooms_->plain.double_free(block, pc); };
    table.fence = [](MemoryOrder order, Address pc) { fence(rooms_->run, order, pc); };
    table.annotate = [](Address a, bool release) { rooms_->annotations.annotate(a, release); };
  }

  static void set_threads(EngineTable& table) {
    table.thread_create = [](pthread_t* thread, const pthread_attr_t* attributes,
                             void* (*start)(void*), void* argument, Address pc) {
      return rooms_->threads.create(thread, attributes, start, argument, pc);
    };
    table.thread_join = [](pthread_t thread, void** value, Address pc) {
      return rooms_->threads.join(thread, value, pc);
    };
    table.thread_detach = [](pthread_t thread, Address pc) {
      return rooms_->threads.detach(thread, pc);
    };
    table.thread_atexit = [](void (*destructor)(void*), void* object, void*) {
      return rooms_->threads.at_exit(destructor, object);
    };
    table.thread_exit = [](void* value, Address pc) { rooms_->threads.end(value, pc); };
    table.key_create = [](pthread_key_t* key, void (*destructor)(void*)) {
      return rooms_->keys.create(key, destructor);
    };
    table.key_delete = [](pthread_key_t key) { return rooms_->keys.remove(key); };
    table.key_set = [](pthread_key_t key, void* value) { return rooms_->keys.set(key, value); };
    table.key_get = [](pthread_key_t key) { return rooms_->keys.get(key); };
  }

  // What a call on an object has returned. No other thread has gone on since its effect, so that
  // the object was freed before it if it is now.
  static int alive(const void* object, OpKind kind, Address pc, int result) {
    rooms_->plain.check_life(address_of(object), kind, pc);
    return result;
  }

  static void set_locks(EngineTable& table) {
    table.mutex_lock = [](pthread_mutex_t* mutex, Address pc) {
      return alive(mutex, OpKind::mutex_lock, pc, rooms_->mutexes.lock(mutex, nullptr, pc));
    };
    table.mutex_trylock = [](pthread_mutex_t* mutex, Address pc) {
      return alive(mutex, OpKind::mutex_lock, pc, rooms_->mutexes.try_lock(mutex, pc));
    };
    table.mutex_unlock = [](pthread_mutex_t* mutex, Address pc) {
      return alive(mutex, OpKind::mutex_unlock, pc, rooms_->mutexes.unlock(mutex, pc));
    };
    table.mutex_timedlock = [](pthread_mutex_t* mutex, clockid_t, const timespec* deadline,
                               Address pc) {
      return alive(mutex, OpKind::mutex_lock, pc, rooms_->mutexes.lock(mutex, deadline, pc));
    };
    table.mutex_destroy = [](pthread_mutex_t* mutex, Address) {
      return rooms_->mutexes.destroy(mutex);
    };
    table.cond_wait = [](pthread_cond_t* cond, pthread_mutex_t* mutex, Address pc) {
      atomics_seen::note_condition_wait();
      return rooms_->conditions.wait(cond, mutex, nullptr, pc);
    };
    table.cond_timedwait = [](pthread_cond_t* cond, pthread_mutex_t* mutex, clockid_t,
                              const timespec* deadline, Address pc) {
      return rooms_->conditions.wait(cond, mutex, deadline, pc);
    };
    table.cond_signal = [](pthread_cond_t* cond, Address pc) {
      return alive(cond, OpKind::cond_signal, pc, rooms_->conditions.notify(cond, false, pc));
    };
    table.cond_broadcast = [](pthread_cond_t* cond, Address pc) {
      return alive(cond, OpKind::cond_broadcast, pc, rooms_->conditions.notify(cond, true, pc));
    };
    table.cond_destroy = [](pthread_cond_t* cond, Address) {
      return rooms_->conditions.destroy(cond);
    };
    table.sync_call = [](const SyncCall& call, Address pc) {
      if (call.kind == SyncCall::Kind::once_begin) return rooms_->onces.begin(call, pc);
      if (call.kind == SyncCall::Kind::once_end) return rooms_->onces.end(call, pc);
      return refuse_sync_call(rooms_->run, call.kind);
    };
    table.unsupported = [](const char* function, Address) { refuse(rooms_->run, function); };
    table.waits_outside = [](bool) {};
  }

  static void set_time(EngineTable& table) {
    table.yield = [](Address pc) {
      atomics_seen::note_gives_way();
      return rooms_->run.give_way(OpKind::yield, pc);
    };
    table.sleep = [](const timespec* duration, Address pc) {
      atomics_seen::note_gives_way();
      rooms_->run.clock().pass(*duration);
      return rooms_->run.give_way(OpKind::sleep, pc);
    };
    table.first_second = Clock::kFirstSecond;
    table.clock_gettime = [](clockid_t, timespec* now) {
      *now = rooms_->run.clock().look();
      return 0;
    };
  }

  static void set_process(EngineTable& table) {
    table.exit = [](int status, Address pc) { rooms_->process.exit(status, pc); };
    table.exit_at_once = [](int status, Address pc) { rooms_->process.exit_at_once(status, pc); };
    table.abort = [](Address pc) { rooms_->process.abort(pc); };
    table.out_of_memory = [](Address pc) { rooms_->process.out_of_memory(pc); };
    table.handle_signal = fiber_signals::handle;
    table.assert_fail = [](const char* expression, const char*, unsigned, const char*, Address pc) {
      rooms_->run.fail(FailureKind::assertion, expression, pc);
    };
  }

  static inline Rooms<Model>* rooms_ = nullptr;
};

}  // namespace heddle::relacy
