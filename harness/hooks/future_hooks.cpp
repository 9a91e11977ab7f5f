// std::promise::set_value_at_thread_exit() and its kin in libstdc++: what makes the shared state
// ready at the end of the thread lies in its code, which is not instrumented.
#include <limits.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "harness/hooks/engine_table.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/program_heap.h"

namespace {

using heddle::Address;

// As <future> has them: std::__future_base::_State_baseV2::_Make_ready, and where in the state the
// word is that says whether it is ready. Both are part of libstdc++'s binary interface.
struct MakeReady {
  MakeReady* next;
  void (*call)(void*);
  std::weak_ptr<void> state;
};
constexpr std::size_t kStatus = 16;
constexpr std::uint32_t kReady = 1;
constexpr std::uint32_t kHasWaiters = 0x8000'0000;

using Callback = void (*)(void*);
constinit std::atomic<Callback> g_make_ready = nullptr;

// Where the program has asked for it, the latest last: the line that a report is to name. Of
// threads that take turns: real ones would need a lock for it, and no report of theirs names it.
struct Asked {
  const void* by = nullptr;
  Address pc = 0;
};
constinit std::array<Asked, 64> g_asked;
constinit std::size_t g_next_asked = 0;

Address asked_at(const void* object) {
  const auto asked = std::find_if(g_asked.begin(), g_asked.end(),
                                  [&](const Asked& one) { return one.by == object; });
  return asked == g_asked.end() ? 0 : asked->pc;
}

// Does first, as a step of the thread, what the library's function then finds done.
void make_ready(void* object) {
  if (heddle::is_watched()) {
    // Held, as there: the last future may be gone by the next step.
    const std::shared_ptr<void> state = static_cast<MakeReady*>(object)->state.lock();
    if (state != nullptr) {
      const Address pc = heddle::program_heap::is_threaded() ? 0 : asked_at(object);
      const heddle::EngineTable& table = *heddle::g_engine_table;
      char* const status = static_cast<char*>(state.get()) + kStatus;
      const std::uint64_t before =
          table.atomic_rmw(reinterpret_cast<Address>(status), sizeof kReady,
                           heddle::RmwKind::exchange, kReady, heddle::MemoryOrder::release, pc);
      if ((before & kHasWaiters) != 0) {
        table.sync_call({.kind = heddle::SyncCall::Kind::futex_wake,
                         .object = status,
                         .value = static_cast<std::uint32_t>(INT_MAX)},
                        pc);
      }
    }
  }
  g_make_ready.load(std::memory_order_relaxed)(object);
}

}  // namespace

HEDDLE_EXPORT_HOOK(void, _ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv,
                   MakeReady* self) {
  HEDDLE_REAL(_ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv)(self);
  if (!heddle::is_watched()) return;
  g_make_ready.store(self->call, std::memory_order_relaxed);
  self->call = make_ready;
  if (heddle::program_heap::is_threaded()) return;
  // The address may be an earlier one's.
  for (Asked& one : g_asked) {
    if (one.by == self) one.by = nullptr;
  }
  g_asked[g_next_asked++ % g_asked.size()] = {self, HEDDLE_PC};
}
