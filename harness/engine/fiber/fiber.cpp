#include "harness/engine/fiber/fiber.h"

#include <sys/mman.h>

namespace heddle {

void* FiberStacks::top(ThreadId thread) {
  const Address slot = begin(thread);
  if (thread >= mapped_.size() || !mapped_[thread]) {
    void* at =
        mmap(reinterpret_cast<void*>(slot), kSlot, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | MAP_FIXED_NOREPLACE, -1, 0);
    if (at == MAP_FAILED) return nullptr;
    if (mprotect(at, kGuard, PROT_NONE) != 0) return nullptr;
    if (thread >= mapped_.size()) mapped_.resize(thread + 1, false);
    mapped_[thread] = true;
  }
  // Not all at the same place in their pages: threads that wait in the same function would have
  // their registers there, and processors tell recent stores apart by those bits first.
  constexpr std::size_t kStagger = 192;
  return reinterpret_cast<void*>(slot + kSlot - (thread % 16) * kStagger);
}

void FiberStacks::clear(ThreadId thread) {
  madvise(reinterpret_cast<void*>(begin(thread) + kGuard), kSize, MADV_DONTNEED);
}

}  // namespace heddle
