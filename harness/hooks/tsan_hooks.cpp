// The compiler's calls. The entry points are expanded from tsan_entry_points.def; each forwards to
// the table in force.
#include <bit>
#include <cstdint>
#include <cstring>

#include "harness/hooks/atomics_seen.h"
#include "harness/hooks/caller.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/memory_access.h"

// The names and signatures below are the compilers', reserved or not.
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wbuiltin-declaration-mismatch"
#pragma GCC diagnostic ignored "-Wmissing-declarations"
#pragma GCC diagnostic ignored "-Wreserved-identifier"

namespace heddle {
namespace {

Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

// The order of an atomic operation that the program makes now.
MemoryOrder noted_order(int order) {
  const auto given = static_cast<MemoryOrder>(order & 0xff);
  atomics_seen::note_order(given);
  return given;
}

template <int kLog2>
void read(Address address, Address pc) {
  g_engine_table->read[kLog2](address, pc);
}

template <int kLog2>
void write(Address address, Address pc) {
  g_engine_table->write[kLog2](address, pc);
}

template <int kLog2>
void read_write(Address address, Address pc) {
  g_engine_table->read[kLog2](address, pc);
  g_engine_table->write[kLog2](address, pc);
}

void read_range(const void* from, std::size_t size, Address pc) {
  if (size != 0) g_engine_table->read_range(address_of(from), size, pc);
}

void write_range(const void* to, std::size_t size, Address pc) {
  if (size != 0) g_engine_table->write_range(address_of(to), size, pc);
}

template <typename T>
T rmw(volatile T* address, RmwKind kind, T operand, int order, Address pc) {
  return static_cast<T>(g_engine_table->atomic_rmw(address_of(const_cast<T*>(address)), sizeof(T),
                                                   kind, operand, noted_order(order), pc));
}

template <typename T>
bool cas(volatile T* address, T* expected, T desired, int success, int failure, bool weak,
         Address pc) {
  atomics_seen::note_compare_exchange(weak);
  std::uint64_t value = *expected;
  const bool stored =
      g_engine_table->atomic_cas(address_of(const_cast<T*>(address)), sizeof(T), &value, desired,
                                 noted_order(success), noted_order(failure), weak, pc);
  if (!stored) *expected = static_cast<T>(value);
  return stored;
}

// As g++ calls it, which has the call read and write what is expected: plain accesses of the
// program's, to what may be on the heap or shared. (clang does both itself.)
template <typename T>
bool cas_of_memory(volatile T* address, T* expected, T desired, int success, int failure, bool weak,
                   Address pc) {
  constexpr int kLog2 = std::countr_zero(sizeof(T));
  read<kLog2>(address_of(expected), pc);
  T value = *expected;
  const bool stored = cas<T>(address, &value, desired, success, failure, weak, pc);
  if (!stored) {
    write<kLog2>(address_of(expected), pc);
    *expected = value;
  }
  return stored;
}

}  // namespace
}  // namespace heddle

#define HEDDLE_ACCESS(name, access, log2_size)                                     \
  HEDDLE_EXPORT void name(void* address) {                                         \
    heddle::access<log2_size>(heddle::address_of(address), HEDDLE_RETURN_ADDRESS); \
  }

#define HEDDLE_RANGE(name, access)                             \
  HEDDLE_EXPORT void name(void* address, unsigned long size) { \
    heddle::access(address, size, HEDDLE_RETURN_ADDRESS);      \
  }

#define HEDDLE_RMW(bits, type, name, kind)                                               \
  HEDDLE_EXPORT type __tsan_atomic##bits##_##name(volatile type* a, type v, int order) { \
    return heddle::rmw<type>(a, heddle::RmwKind::kind, v, order, HEDDLE_PC);             \
  }

#define HEDDLE_ATOMIC(bits, type)                                                                  \
  HEDDLE_EXPORT type __tsan_atomic##bits##_load(const volatile type* a, int order) {               \
    return static_cast<type>(                                                                      \
        heddle::g_engine_table->atomic_load(heddle::address_of(const_cast<type*>(a)),              \
                                            sizeof(type), heddle::noted_order(order), HEDDLE_PC)); \
  }                                                                                                \
  HEDDLE_EXPORT void __tsan_atomic##bits##_store(volatile type* a, type v, int order) {            \
    heddle::g_engine_table->atomic_store(heddle::address_of(const_cast<type*>(a)), sizeof(type),   \
                                         v, heddle::noted_order(order), HEDDLE_PC);                \
  }                                                                                                \
  HEDDLE_RMW(bits, type, exchange, exchange)                                                       \
  HEDDLE_RMW(bits, type, fetch_add, add)                                                           \
  HEDDLE_RMW(bits, type, fetch_sub, sub)                                                           \
  HEDDLE_RMW(bits, type, fetch_and, bit_and)                                                       \
  HEDDLE_RMW(bits, type, fetch_or, bit_or)                                                         \
  HEDDLE_RMW(bits, type, fetch_xor, bit_xor)                                                       \
  HEDDLE_RMW(bits, type, fetch_nand, bit_nand)                                                     \
  HEDDLE_EXPORT int __tsan_atomic##bits##_compare_exchange_strong(                                 \
      volatile type* a, type* e, type v, int success, int failure) {                               \
    return heddle::cas_of_memory<type>(a, e, v, success, failure, false, HEDDLE_PC);               \
  }                                                                                                \
  HEDDLE_EXPORT int __tsan_atomic##bits##_compare_exchange_weak(volatile type* a, type* e, type v, \
                                                                int success, int failure) {        \
    return heddle::cas_of_memory<type>(a, e, v, success, failure, true, HEDDLE_PC);                \
  }                                                                                                \
  HEDDLE_EXPORT type __tsan_atomic##bits##_compare_exchange_val(volatile type* a, type e, type v,  \
                                                                int success, int failure) {        \
    heddle::atomics_seen::note_unknown_exchange();                                                 \
    heddle::cas<type>(a, &e, v, success, failure, false, HEDDLE_PC);                               \
    return e;                                                                                      \
  }

#define HEDDLE_IGNORED(name) \
  HEDDLE_EXPORT void name() {}
#define HEDDLE_IGNORED_NULL(name) \
  HEDDLE_EXPORT void* name() {    \
    return nullptr;               \
  }

#include "harness/hooks/tsan_entry_points.def"

// 16 bytes. The engine orders the access; the operation itself is done here with the processor's
// own instruction, since its value does not fit the table's.
namespace heddle {
namespace {

using Wide = unsigned __int128;

bool wide_cas(volatile Wide* address, Wide* expected, Wide desired) {
  bool stored;
  auto* low = reinterpret_cast<std::uint64_t*>(expected);
  asm volatile("lock cmpxchg16b %1\n\tsete %0"
               : "=q"(stored), "+m"(*address), "+a"(low[0]), "+d"(low[1])
               : "b"(static_cast<std::uint64_t>(desired)),
                 "c"(static_cast<std::uint64_t>(desired >> 64))
               : "memory", "cc");
  return stored;
}

Wide wide_load(const volatile Wide* address) {
  Wide value = 0;
  // A compare with the value itself never changes memory, and reads all 16 bytes at once.
  wide_cas(const_cast<volatile Wide*>(address), &value, value);
  return value;
}

template <typename Function>
Wide wide_rmw(volatile Wide* address, Function&& next) {
  Wide old = wide_load(address);
  while (!wide_cas(address, &old, next(old))) {
  }
  return old;
}

void note_wide_cas(int failure) {
  atomics_seen::note_compare_exchange(false);
  atomics_seen::note_order(static_cast<MemoryOrder>(failure & 0xff));
}

void wide_point(const volatile void* address, OpKind kind, int order, Address pc) {
  g_engine_table->atomic16(address_of(const_cast<const void*>(address)), kind, noted_order(order),
                           pc);
}

// The engine orders it as one step of the order for success; that of a failure may be weaker.
bool wide_cas_of_memory(volatile Wide* address, Wide* expected, Wide desired, int success,
                        int failure, Address pc) {
  read<4>(address_of(expected), pc);
  Wide value = *expected;
  note_wide_cas(failure);
  wide_point(address, OpKind::atomic_rmw, success, pc);
  const bool stored = wide_cas(address, &value, desired);
  if (!stored) {
    write<4>(address_of(expected), pc);
    *expected = value;
  }
  return stored;
}

}  // namespace
}  // namespace heddle

using heddle::Wide;

HEDDLE_EXPORT Wide __tsan_atomic128_load(const volatile Wide* a, int order) {
  heddle::wide_point(a, heddle::OpKind::atomic_load, order, HEDDLE_PC);
  return heddle::wide_load(a);
}

HEDDLE_EXPORT void __tsan_atomic128_store(volatile Wide* a, Wide v, int order) {
  heddle::wide_point(a, heddle::OpKind::atomic_store, order, HEDDLE_PC);
  heddle::wide_rmw(a, [v](Wide) { return v; });
}

#define HEDDLE_WIDE_RMW(name, expression)                                              \
  HEDDLE_EXPORT Wide __tsan_atomic128_##name(volatile Wide* a, Wide v, int order) {    \
    heddle::wide_point(a, heddle::OpKind::atomic_rmw, order, HEDDLE_PC);               \
    return heddle::wide_rmw(a, [v]([[maybe_unused]] Wide old) { return expression; }); \
  }
HEDDLE_WIDE_RMW(exchange, v)
HEDDLE_WIDE_RMW(fetch_add, old + v)
HEDDLE_WIDE_RMW(fetch_sub, old - v)
HEDDLE_WIDE_RMW(fetch_and, old& v)
HEDDLE_WIDE_RMW(fetch_or, old | v)
HEDDLE_WIDE_RMW(fetch_xor, old ^ v)
HEDDLE_WIDE_RMW(fetch_nand, ~(old& v))

#define HEDDLE_WIDE_CAS(name)                                                               \
  HEDDLE_EXPORT int __tsan_atomic128_##name(volatile Wide* a, Wide* e, Wide v, int success, \
                                            int failure) {                                  \
    return heddle::wide_cas_of_memory(a, e, v, success, failure, HEDDLE_PC);                \
  }
HEDDLE_WIDE_CAS(compare_exchange_strong)
HEDDLE_WIDE_CAS(compare_exchange_weak)

HEDDLE_EXPORT Wide __tsan_atomic128_compare_exchange_val(volatile Wide* a, Wide e, Wide v,
                                                         int success, int failure) {
  heddle::note_wide_cas(failure);
  heddle::wide_point(a, heddle::OpKind::atomic_rmw, success, HEDDLE_PC);
  heddle::wide_cas(a, &e, v);
  return e;
}

HEDDLE_EXPORT void __tsan_init() {}

HEDDLE_EXPORT void __tsan_func_entry(void* pc) {
  const auto entry = heddle::g_engine_table->func_entry;
  if (entry != nullptr) entry(heddle::address_of(pc));
}

HEDDLE_EXPORT void __tsan_func_exit() {
  const auto exit = heddle::g_engine_table->func_exit;
  if (exit != nullptr) exit();
}

HEDDLE_EXPORT void __tsan_vptr_update(void** slot, void* value) {
  // A constructor that sets the pointer to what it is already is no write that can race: TSan
  // leaves it out too, and reporting it would flag every base class destructor.
  if (*slot != value) {
    heddle::write<3>(heddle::address_of(slot), HEDDLE_RETURN_ADDRESS);
    return;
  }
  // A step all the same: on a stack lies what an earlier run has left there, which is the same
  // object's pointer where that run came by, and how many steps a run takes is not to hang on it.
  const auto skip = heddle::g_engine_table->skip_steps;
  if (skip != nullptr) skip(1);
}

HEDDLE_EXPORT void __tsan_atomic_thread_fence(int order) {
  // Not noted: a fence by itself lets no load see another store.
  heddle::g_engine_table->fence(static_cast<heddle::MemoryOrder>(order & 0xff), HEDDLE_PC);
}

// Orders a thread against its own signal handlers only.
HEDDLE_EXPORT void __tsan_atomic_signal_fence(int) {}

HEDDLE_EXPORT void* __tsan_memcpy(void* to, const void* from, unsigned long size) {
  heddle::MemoryAccess(HEDDLE_PC).copy(to, from, size);
  return to;
}

HEDDLE_EXPORT void* __tsan_memmove(void* to, const void* from, unsigned long size) {
  heddle::MemoryAccess(HEDDLE_PC).copy(to, from, size);
  return to;
}

HEDDLE_EXPORT void* __tsan_memset(void* to, int value, unsigned long size) {
  heddle::MemoryAccess(HEDDLE_PC).fill(to, value, size);
  return to;
}

#define HEDDLE_UNALIGNED_STORE(bits, type, log2_size)                          \
  HEDDLE_EXPORT void __sanitizer_unaligned_store##bits(void* to, type value) { \
    heddle::write<log2_size>(heddle::address_of(to), HEDDLE_RETURN_ADDRESS);   \
    std::memcpy(to, &value, sizeof value);                                     \
  }
HEDDLE_UNALIGNED_STORE(16, std::uint16_t, 1)
HEDDLE_UNALIGNED_STORE(32, std::uint32_t, 2)
HEDDLE_UNALIGNED_STORE(64, std::uint64_t, 3)

// The program's own synchronisation, told to TSan: an acquire or release of the address's clock.
HEDDLE_EXPORT void __tsan_acquire(void* address) {
  heddle::g_engine_table->annotate(heddle::address_of(address), false);
}

HEDDLE_EXPORT void __tsan_release(void* address) {
  heddle::g_engine_table->annotate(heddle::address_of(address), true);
}

#define HEDDLE_ACCESS_PC(name, access, log2_size)                                   \
  HEDDLE_EXPORT void name(void* address, void* pc) {                                \
    heddle::access<log2_size>(heddle::address_of(address), heddle::address_of(pc)); \
  }
HEDDLE_ACCESS_PC(__tsan_read1_pc, read, 0)
HEDDLE_ACCESS_PC(__tsan_read2_pc, read, 1)
HEDDLE_ACCESS_PC(__tsan_read4_pc, read, 2)
HEDDLE_ACCESS_PC(__tsan_read8_pc, read, 3)
HEDDLE_ACCESS_PC(__tsan_read16_pc, read, 4)
HEDDLE_ACCESS_PC(__tsan_write1_pc, write, 0)
HEDDLE_ACCESS_PC(__tsan_write2_pc, write, 1)
HEDDLE_ACCESS_PC(__tsan_write4_pc, write, 2)
HEDDLE_ACCESS_PC(__tsan_write8_pc, write, 3)
HEDDLE_ACCESS_PC(__tsan_write16_pc, write, 4)

HEDDLE_EXPORT void __tsan_read_range_pc(void* address, unsigned long size, void* pc) {
  heddle::read_range(address, size, heddle::address_of(pc));
}

HEDDLE_EXPORT void __tsan_write_range_pc(void* address, unsigned long size, void* pc) {
  heddle::write_range(address, size, heddle::address_of(pc));
}
