// Order that ThreadSanitizer does not see by itself.
#pragma once

#include "harness/engine/tsan/child_run.h"

namespace heddle::tsan {

// What the thread has done so far is ordered before whatever comes after an acquire() of the same
// address by another.
inline void release(const void* address) {
  using Function = void(const void*);
  static constinit Function* real = nullptr;
  if (real == nullptr) real = next<Function>("__tsan_release");
  real(address);
}

inline void acquire(const void* address) {
  using Function = void(const void*);
  static constinit Function* real = nullptr;
  if (real == nullptr) real = next<Function>("__tsan_acquire");
  real(address);
}

}  // namespace heddle::tsan
