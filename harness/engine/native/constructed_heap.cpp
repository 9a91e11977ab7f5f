#include "harness/engine/native/constructed_heap.h"

#include <sys/mman.h>

#include <algorithm>

#include "harness/engine/native/raw_system.h"

namespace heddle::native {

void ConstructedHeap::add(void* block, std::size_t size) {
  if (block == nullptr) return;
  if (count_ == kCapacity) {
    failed_ = true;
    return;
  }
  blocks_[count_++] = {.address = reinterpret_cast<Address>(block), .size = size, .copy = 0};
}

void ConstructedHeap::remove(void* block) {
  // From the back: what is deleted during construction was mostly made just before.
  for (std::size_t i = count_; i-- > 0;) {
    if (blocks_[i].address == reinterpret_cast<Address>(block)) {
      blocks_[i] = blocks_[--count_];
      return;
    }
  }
}

void ConstructedHeap::freeze() {
  std::sort(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(count_),
            [](const Block& a, const Block& b) { return a.address < b.address; });
  std::size_t total = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    blocks_[i].copy = total;
    total += blocks_[i].size;
  }
  if (total > 0) {
    const long memory =
        native::system_call(SYS_mmap, 0, static_cast<long>(total), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory < 0) {
      failed_ = true;
    } else {
      copies_ = reinterpret_cast<std::byte*>(memory);
    }
  }
  for (std::size_t i = 0; copies_ != nullptr && i < count_; ++i) {
    native::copy_bytes(copies_ + blocks_[i].copy, reinterpret_cast<const void*>(blocks_[i].address),
                       blocks_[i].size);
  }
  frozen_ = true;
}

bool ConstructedHeap::owns(const void* block) const {
  if (!frozen_ || count_ == 0) return false;
  const auto address = reinterpret_cast<Address>(block);
  const auto end = blocks_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto found =
      std::lower_bound(blocks_.begin(), end, address,
                       [](const Block& entry, Address wanted) { return entry.address < wanted; });
  return found != end && found->address == address;
}

void ConstructedHeap::restore() const {
  for (std::size_t i = 0; copies_ != nullptr && i < count_; ++i) {
    native::copy_bytes(reinterpret_cast<void*>(blocks_[i].address), copies_ + blocks_[i].copy,
                       blocks_[i].size);
  }
}

}  // namespace heddle::native
