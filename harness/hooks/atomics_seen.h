// Which kinds of atomic operation, and the like, the program has made, in this process, whatever
// the engine.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "harness/model/features.h"
#include "harness/model/op.h"

namespace heddle::atomics_seen {

extern std::array<std::atomic<bool>, 8> g_orders __attribute__((visibility("hidden")));
extern std::atomic<bool> g_compare_exchange __attribute__((visibility("hidden")));
extern std::atomic<bool> g_weak_exchange __attribute__((visibility("hidden")));
extern std::atomic<bool> g_unknown_exchange __attribute__((visibility("hidden")));
extern std::atomic<bool> g_condition_wait __attribute__((visibility("hidden")));
extern std::atomic<bool> g_gives_way __attribute__((visibility("hidden")));
extern std::atomic<bool> g_own_clocks __attribute__((visibility("hidden")));
extern std::atomic<bool> g_shared_locals __attribute__((visibility("hidden")));

// Written once and then only read: under stress a store by each operation would have the real
// threads wait for each other's cache line.
inline void note(std::atomic<bool>& seen) {
  if (!seen.load(std::memory_order_relaxed)) seen.store(true, std::memory_order_relaxed);
}

inline void note_order(MemoryOrder order) {
  note(g_orders[static_cast<std::uint8_t>(order) & 7U]);
}

inline void note_compare_exchange(bool weak) {
  note(g_compare_exchange);
  if (weak) note(g_weak_exchange);
}
// clang has one call for both.
inline void note_unknown_exchange() {
  note(g_unknown_exchange);
}
inline void note_condition_wait() {
  note(g_condition_wait);
}
inline void note_gives_way() {
  note(g_gives_way);
}
inline void note_own_clocks() {
  note(g_own_clocks);
}
inline void note_shared_locals() {
  note(g_shared_locals);
}

// Since the process began: what constructors did counts too.
Features features();

}  // namespace heddle::atomics_seen
