// What is known about each 8 bytes of the program's memory.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "harness/engine/fuzz/run/epoch.h"
#include "harness/model/op.h"

namespace heddle {

// A code address, which has no more than 47 bits, and a mask of the bytes (bit i: byte i of the 8)
// in one word.
class CodeAndBytes {
 public:
  CodeAndBytes() = default;
  CodeAndBytes(Address pc, std::uint8_t mask)
      : bits_(static_cast<std::uint64_t>(mask) << kPcBits | pc) {}

  // With kMerged set: the code address is that of one access, and others made some of the bytes.
  Address pc() const { return bits_ & kPcMask; }
  static constexpr Address kMerged = Address{1} << 55;
  std::uint8_t mask() const { return static_cast<std::uint8_t>(bits_ >> kPcBits); }
  bool is_merged() const { return (bits_ & kMerged) != 0; }

  friend bool operator==(CodeAndBytes, CodeAndBytes) = default;

 private:
  static constexpr unsigned kPcBits = 56;
  static constexpr std::uint64_t kPcMask = (std::uint64_t{1} << kPcBits) - 1;

  std::uint64_t bits_ = 0;
};

// The last accesses to some bytes. Reads that no order connects are kept in a set of their own:
// `reads` is then the set's index plus one, and `read` is of no meaning.
struct History {
  Epoch write;
  Epoch read;
  CodeAndBytes write_access;
  CodeAndBytes read_access;
};

struct ShadowCell {
  History history;          // of the bytes in the masks
  std::uint32_t reads = 0;  // read set, if its owner is this history
  std::uint32_t split = 0;  // histories byte by byte, if its owner is this cell
  std::uint32_t sync = 0;   // first synchronisation object in these 8 bytes, if its cell is this
  std::uint8_t racing = 0;  // which of the 8 bytes race in the run under way
};

// Two levels: a table of 4 MiB chunks of the program's address space, made on demand. A look-up is
// two loads.
class Shadow {
 public:
  Shadow() { table_ = static_cast<ShadowCell**>(reserve(kChunks * sizeof(ShadowCell*))); }
  Shadow(const Shadow&) = delete;
  Shadow& operator=(const Shadow&) = delete;
  ~Shadow() = default;  // lives as long as the process

  ShadowCell* cell(Address address) {
    ShadowCell* chunk = table_[(address & kAddressMask) >> kChunkBits];
    if (chunk == nullptr) [[unlikely]]
      chunk = add_chunk(address);
    return chunk + ((address & kChunkMask) >> 3);
  }

  // nullptr if nothing near the address was ever recorded.
  ShadowCell* find(Address address) const {
    ShadowCell* chunk = table_[(address & kAddressMask) >> kChunkBits];
    return chunk == nullptr ? nullptr : chunk + ((address & kChunkMask) >> 3);
  }

 private:
  static constexpr unsigned kAddressBits = 47;
  static constexpr Address kAddressMask = (Address{1} << kAddressBits) - 1;
  static constexpr unsigned kChunkBits = 22;
  static constexpr Address kChunkMask = (Address{1} << kChunkBits) - 1;
  static constexpr std::size_t kChunks = std::size_t{1} << (kAddressBits - kChunkBits);

  static void* reserve(std::size_t size) {
    void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    // Address space, not memory: it only fails where a limit on it is set far too low to work.
    if (at == MAP_FAILED) __builtin_trap();
    return at;
  }

  [[gnu::noinline]] ShadowCell* add_chunk(Address address) {
    auto* chunk = static_cast<ShadowCell*>(reserve(((kChunkMask + 1) >> 3) * sizeof(ShadowCell)));
    table_[(address & kAddressMask) >> kChunkBits] = chunk;
    return chunk;
  }

  ShadowCell** table_;
};

}  // namespace heddle
