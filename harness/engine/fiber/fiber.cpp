#include "harness/engine/fiber/fiber.h"

#include <sys/mman.h>

namespace heddle {

void* FiberStacks::top(ThreadId thread, std::size_t size) {
  constexpr std::size_t kPage = 4096;
  size = (size + kPage - 1) & ~(kPage - 1);
  if (thread >= kMostThreads || size > kMaxSize) return nullptr;
  if (thread >= mapped_.size()) mapped_.resize(thread + 1, 0);
  std::size_t& mapped = mapped_[thread];
  const Address end = begin(thread) + kSlot;
  if (mapped < size) {
    void* at =
        mmap(reinterpret_cast<void*>(end - size), size - mapped, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | MAP_FIXED_NOREPLACE, -1, 0);
    if (at == MAP_FAILED) return nullptr;
    mapped = size;
  }
  // Not all at the same place in their pages: threads that wait in the same function would have
  // their registers there, and processors tell recent stores apart by those bits first.
  constexpr std::size_t kStagger = 192;
  return reinterpret_cast<void*>(end - (thread % 16) * kStagger);
}

void FiberStacks::clear(ThreadId thread) {
  // Passes over what is not mapped.
  madvise(reinterpret_cast<void*>(begin(thread)), kSlot, MADV_DONTNEED);
}

}  // namespace heddle
