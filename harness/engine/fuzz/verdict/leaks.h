// Which blocks of the heap nothing leads to any more: what LeakSanitizer asks at a program's end,
// and with the same way of looking. Every aligned word may be a pointer, and one into the middle of
// a block holds it as well: a block that is called leaked is leaked, some others are missed.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

struct MemoryRange {
  Address begin;
  Address end;
};

struct HeapBlock {
  Address begin;
  std::size_t size;
};

struct Leak {
  HeapBlock block;
  // Blocks that only this one leads to, and their bytes: freeing it rightly would free them too.
  std::size_t held_blocks = 0;
  std::size_t held_bytes = 0;

  friend bool operator==(const Leak& a, const Leak& b) {
    return a.block.begin == b.block.begin && a.held_blocks == b.held_blocks &&
           a.held_bytes == b.held_bytes;
  }
};

// `blocks`: those that are allocated, ascending by address. All ranges must be readable. The leaks
// come ascending by address; of blocks that hold each other in a circle the lowest stands for all.
std::vector<Leak> find_leaks(std::span<const MemoryRange> roots, std::span<const HeapBlock> blocks);

}  // namespace heddle
