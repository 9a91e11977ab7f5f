#include "harness/hooks/hidden_state.h"

#include <errno.h>
#include <sys/mman.h>

#include <new>

#include "harness/hooks/next_function.h"

namespace heddle::hidden_state {

constinit std::atomic<bool> g_threads_made = false;

namespace {

constinit std::atomic<bool> g_mapped = false;
constinit std::atomic<bool> g_touched = false;

void map() {
  const RuntimeScope scope;
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
  void* at = HEDDLE_NEXT(mmap)(reinterpret_cast<void*>(kBegin), sizeof(Memory),
                               PROT_READ | PROT_WRITE, kFlags, -1, 0);
  if (at == MAP_FAILED && errno == EEXIST) return;  // another thread was faster
  if (at != reinterpret_cast<void*>(kBegin)) __builtin_trap();
  new (at) Memory;
}

}  // namespace

Memory& memory() {
  if (!g_mapped.load(std::memory_order_acquire)) [[unlikely]] {
    map();
    g_mapped.store(true, std::memory_order_release);
  }
  g_touched.store(true, std::memory_order_relaxed);
  return *reinterpret_cast<Memory*>(kBegin);
}

void restore() {
  g_threads_made.store(false, std::memory_order_relaxed);
  // Nearly all runs use none of it.
  if (g_touched.load(std::memory_order_relaxed)) memory() = {};
  g_touched.store(false, std::memory_order_relaxed);
}

}  // namespace heddle::hidden_state
