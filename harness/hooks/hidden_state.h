// What the C library keeps between calls, as objects that threads share: strtok()'s place, rand()'s
// numbers, the position in a file. The hook of a function that uses one says so here, before the C
// library does the work; the engine in force then knows of it as of any other object.
//
// Nothing is told before a run has made its first thread: what main does until then comes before
// all else, and rand() is to cost no more than it does.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "harness/hooks/engine_table.h"
#include "harness/hooks/hidden_memory.h"
#include "harness/hooks/kept_errno.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/program_heap.h"

namespace heddle::hidden_state {

extern constinit std::atomic<bool> g_threads_made __attribute__((visibility("hidden")));

// The memory, mapped at first use. What a run has written there is put back before the next.
Memory& memory();

// The program makes a thread.
inline void thread_made() {
  if (t_program_code) g_threads_made.store(true, std::memory_order_relaxed);
}

// Puts all of it back to what it is at the start of a program. Call between runs.
void restore();

// Whether an engine should know what the calling code uses.
inline bool is_told() {
  return g_threads_made.load(std::memory_order_relaxed) && is_watched();
}

template <typename T>
Address address_of(const T* object) {
  return reinterpret_cast<Address>(object);
}

// `pc` as everywhere: the return address of the hooked call.

// State without a lock; kState as in &Memory::environment.
template <auto kState>
void read(Address pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  g_engine_table->read[3](address_of(&(memory().*kState)), pc);
}
template <auto kState>
void write(Address pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  g_engine_table->write[3](address_of(&(memory().*kState)), pc);
}

// Memory that the program sees: its own, or a result that it is handed.
inline void read_bytes(const void* from, std::size_t size, Address pc) {
  if (is_told()) MemoryAccess(pc).read(from, size);
}
inline void write_bytes(const void* to, std::size_t size, Address pc) {
  if (is_told()) MemoryAccess(pc).write(to, size);
}

// State that a lock of the C library's or the kernel's keeps whole. Relaxed: the lock is given back
// before the function returns, and orders nothing that a program may rely on.
inline void use_locked(const Untold& state, Address pc) {
  const KeptErrno kept;
  g_engine_table->atomic_rmw(address_of(&state), sizeof state.uses, RmwKind::add, 1,
                             MemoryOrder::relaxed, pc);
}
template <auto kState>
void use(Address pc) {
  if (is_told()) use_locked(memory().*kState, pc);
}

}  // namespace heddle::hidden_state
