// From an address to what the engine knows about the memory there, for the length of a run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "harness/engine/relacy/run/reserved_array.h"
#include "harness/model/op.h"

namespace heddle {

// Open addressing with linear probing. Emptied in constant time, by a new generation: a run takes a
// microsecond, so clearing even a small table would show. `Entry` has a public member `key`.
template <typename Entry>
class AddressTable {
 public:
  // `capacity`: entries in one run; a power of two.
  explicit AddressTable(std::size_t capacity)
      // The table grows when it is half full, the last time just before there is no more room.
      : slots_(std::max(4 * capacity, kFirstSlots)), entries_(capacity) {}

  void clear() {
    size_ = 0;
    if (++generation_ == 0) {
      for (std::size_t i = 0; i <= mask_; ++i) slots_[i].generation = 0;
      generation_ = 1;
    }
  }

  Entry* find(Address key) {
    for (std::size_t i = hash(key);; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.generation != generation_) return nullptr;
      if (slot.key == key) return &entries_[slot.entry];
    }
  }

  // The entry of `key`; a new one is as its last user left it but for the key, and `*is_new` is
  // set. Null: the table is full.
  Entry* find_or_add(Address key, bool* is_new) {
    std::size_t i = hash(key);
    for (; slots_[i].generation == generation_; i = (i + 1) & mask_) {
      if (slots_[i].key == key) return &entries_[slots_[i].entry];
    }
    if (size_ == entries_.capacity()) return nullptr;
    Entry& entry = entries_[size_];
    entry.key = key;
    slots_[i] = {key, generation_, static_cast<std::uint32_t>(size_)};
    ++size_;
    *is_new = true;
    if (2 * size_ > mask_) grow();
    return &entry;
  }

  std::size_t size() const { return size_; }
  // In order of their creation within the run.
  Entry& entry(std::size_t index) { return entries_[index]; }

 private:
  struct Slot {
    Address key;
    std::uint32_t generation;
    std::uint32_t entry;
  };

  std::size_t hash(Address key) const {
    // Fibonacci hashing: the high bits are the well-mixed ones.
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> 32U) & mask_;
  }

  void grow() {
    mask_ = 2 * mask_ + 1;
    const std::size_t size = size_;
    clear();
    for (; size_ < size; ++size_) {
      std::size_t i = hash(entries_[size_].key);
      while (slots_[i].generation == generation_) i = (i + 1) & mask_;
      slots_[i] = {entries_[size_].key, generation_, static_cast<std::uint32_t>(size_)};
    }
  }

  static constexpr std::size_t kFirstSlots = 256;

  ReservedArray<Slot> slots_;
  ReservedArray<Entry> entries_;
  std::size_t mask_ = kFirstSlots - 1;
  std::size_t size_ = 0;
  std::uint32_t generation_ = 1;  // 0 is that of fresh pages
};

}  // namespace heddle
