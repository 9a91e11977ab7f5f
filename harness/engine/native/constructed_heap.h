// The heap blocks that static objects own when main begins. A run may write to them and free them;
// for the next run in the same process both must be undone. ThreadSanitizer's allocator is the one
// in use, so blocks are kept rather than put back: their deletion is left out, and their contents
// are copied back.
#pragma once

#include <array>
#include <cstddef>

#include "harness/model/op.h"

namespace heddle::native {

class ConstructedHeap {
 public:
  // While constructors run.
  void add(void* block, std::size_t size);
  void remove(void* block);

  // When main begins: remembers what the blocks hold.
  void freeze();

  bool frozen() const { return frozen_; }
  // Too many blocks, or no memory for the copies: runs cannot share a process.
  bool failed() const { return failed_; }
  bool owns(const void* block) const;
  void restore() const;

 private:
  static constexpr std::size_t kCapacity = 8192;
  struct Block {
    Address address;
    std::size_t size;
    std::size_t copy;  // offset in copies_
  };

  bool frozen_ = false;
  bool failed_ = false;
  std::size_t count_ = 0;
  std::array<Block, kCapacity> blocks_{};  // ascending by address once frozen
  std::byte* copies_ = nullptr;
};

}  // namespace heddle::native
