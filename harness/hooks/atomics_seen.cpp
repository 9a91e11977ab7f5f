#include "harness/hooks/atomics_seen.h"

namespace heddle::atomics_seen {

constinit std::array<std::atomic<bool>, 8> g_orders = {};
constinit std::atomic<bool> g_compare_exchange = false;
constinit std::atomic<bool> g_weak_exchange = false;
constinit std::atomic<bool> g_unknown_exchange = false;
constinit std::atomic<bool> g_condition_wait = false;
constinit std::atomic<bool> g_gives_way = false;
constinit std::atomic<bool> g_own_clocks = false;
constinit std::atomic<bool> g_shared_locals = false;

Features features() {
  Features seen;
  for (std::uint8_t order = 0; order < g_orders.size(); ++order) {
    if (static_cast<MemoryOrder>(order) == MemoryOrder::seq_cst) continue;
    seen.weaker_atomics |= g_orders[order].load(std::memory_order_relaxed);
  }
  seen.compare_exchange = g_compare_exchange.load(std::memory_order_relaxed);
  seen.weak_exchange = g_weak_exchange.load(std::memory_order_relaxed);
  seen.unknown_exchange = g_unknown_exchange.load(std::memory_order_relaxed);
  seen.condition_wait = g_condition_wait.load(std::memory_order_relaxed);
  seen.gives_way = g_gives_way.load(std::memory_order_relaxed);
  seen.shared_locals = g_shared_locals.load(std::memory_order_relaxed);
  seen.own_clocks = g_own_clocks.load(std::memory_order_relaxed);
  return seen;
}

}  // namespace heddle::atomics_seen
