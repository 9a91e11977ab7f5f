// Each letting go of what was thrown is one step, which is ordered after those before it.
#include "harness/hooks/engine_table.h"
#include "harness/hooks/exception_holders.h"
#include "harness/hooks/memory_access.h"

namespace {

// The running thread is about to let go of what was thrown; null: of nothing.
void let_go(const void* thrown, heddle::Address pc) {
  namespace holders = heddle::exception_holders;
  if (thrown == nullptr || !heddle::is_watched()) return;
  const heddle::EngineTable& table = *heddle::g_engine_table;
  const auto stand_in = reinterpret_cast<heddle::Address>(holders::stand_in(thrown));
  if (holders::is_shared(thrown)) {
    table.atomic_rmw(stand_in, 4, heddle::RmwKind::add, 0, heddle::MemoryOrder::acq_rel, pc);
  } else {
    // Nobody else can do anything with it, and who could is done.
    table.annotate(stand_in, false);
  }
}

}  // namespace

HEDDLE_EXPORT_HOOK(void, _ZNSt15__exception_ptr13exception_ptr10_M_releaseEv, const void** self) {
  let_go(*self, HEDDLE_PC);
  HEDDLE_REAL(_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv)(self);
}

HEDDLE_EXPORT_HOOK(void, __cxa_end_catch, void) {
  if (heddle::is_watched()) let_go(heddle::exception_holders::let_go_by_handler(), HEDDLE_PC);
  HEDDLE_REAL(__cxa_end_catch)();
}
