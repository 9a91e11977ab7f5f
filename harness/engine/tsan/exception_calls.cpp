// ThreadSanitizer does not see how the C++ library counts who holds an exception, and reports that
// its last holder frees what others have read before they let go of it.
#include "harness/engine/tsan/happens_before.h"
#include "harness/hooks/exception_holders.h"

#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))

namespace heddle::tsan {
namespace {

void let_go(const void* thrown) {
  if (t_self == nullptr || thrown == nullptr) return;
  const void* const stand_in = exception_holders::stand_in(thrown);
  release(stand_in);
  acquire(stand_in);
}

}  // namespace
}  // namespace heddle::tsan

extern "C" void heddle_release_exception(const void** self) __asm__(
    "_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");
extern "C" __attribute__((visibility("default"))) void heddle_release_exception(const void** self) {
  using namespace heddle::tsan;
  let_go(*self);
  using Function = void(const void**);
  static constinit Function* real = nullptr;
  if (real == nullptr) {
    real = next<Function>("_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv");
  }
  real(self);
}

HEDDLE_EXPORT void __cxa_end_catch() {
  using namespace heddle::tsan;
  if (t_self != nullptr) let_go(heddle::exception_holders::let_go_by_handler());
  using Function = void();
  static constinit Function* real = nullptr;
  if (real == nullptr) real = next<Function>("__cxa_end_catch");
  real();
}
