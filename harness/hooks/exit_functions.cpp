#include "harness/hooks/exit_functions.h"

#include <atomic>
#include <cstddef>

#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"

namespace heddle::exit_functions {
namespace {

struct Entry {
  void (*function)(void*);
  void* argument;
};

// Registered before main in most programs: one per static object with a destructor.
constexpr std::size_t kCapacity = 4096;
constinit Entry g_entries[kCapacity] = {};
constinit std::atomic<std::size_t> g_count = 0;
constinit std::size_t g_snapshot = 0;

}  // namespace

int add(void (*function)(void*), void* argument, void* module) {
  if (!t_program_code) return real().cxa_atexit(function, argument, module);
  const std::size_t at = g_count.fetch_add(1, std::memory_order_relaxed);
  if (at >= kCapacity) {
    g_count.store(kCapacity, std::memory_order_relaxed);
    return -1;
  }
  g_entries[at] = {function, argument};
  return 0;
}

void take_snapshot() {
  g_snapshot = g_count.load(std::memory_order_relaxed);
}

void restore() {
  g_count.store(g_snapshot, std::memory_order_relaxed);
}

void run_all() {
  for (std::size_t left = g_count.load(); left > 0; left = g_count.load()) {
    g_count.store(left - 1);
    const Entry entry = g_entries[left - 1];
    entry.function(entry.argument);
  }
}

}  // namespace heddle::exit_functions
