// The memory that the program maps itself, kept account of so that one process can execute several
// runs. What a run maps and leaves is unmapped after it; what was mapped before main and can be
// written holds again what it held then. A run that does more to the mappings of others, such as
// taking one away, leaves its process unfit for another.
#pragma once

#include <array>
#include <cstddef>

#include "harness/model/op.h"

namespace heddle::native {

// Ranges of whole pages, apart from each other. In an array: real threads change it, and the heap
// is ThreadSanitizer's.
class PageRanges {
 public:
  struct Range {
    Address begin;
    Address end;
  };

  void add(Range range);
  // Both return whether all of it was there.
  bool remove(Range range);
  bool covers(Range range) const;
  void clear() { count_ = 0; }

  const Range* begin() const { return ranges_.data(); }
  const Range* end() const { return ranges_.data() + count_; }
  // There were too many, and some are missing.
  bool failed() const { return failed_; }

 private:
  static constexpr std::size_t kCapacity = 1024;

  void append(Range range);

  std::array<Range, kCapacity> ranges_{};
  std::size_t count_ = 0;
  bool failed_ = false;
};

class MappedMemory {
 public:
  // What the program did, by the arguments of mmap and its kin. Not thread safe.
  void mapped(Address begin, std::size_t size, int protection, int flags);
  void unmapped(Address begin, std::size_t size);
  void protection_changed(Address begin, std::size_t size, int protection);
  void moved(Address from, std::size_t old_size, Address to, std::size_t new_size);

  // When main begins: remembers what the mappings hold.
  void freeze();
  // From here on it is runs that map, and no longer constructors, or Heddle.
  void begin_runs() { phase_ = Phase::runs; }

  // Whether restore() makes the mappings those of the beginning.
  bool restorable() const { return !unknown_ && !disturbed_ && !own_.failed(); }
  // `unmap`: as munmap().
  void restore(int (*unmap)(void*, std::size_t));

 private:
  enum class Phase : std::uint8_t { constructors, between, runs };

  Phase phase_ = Phase::constructors;
  bool unknown_ = false;    // what a mapping held before main
  bool disturbed_ = false;  // a run has changed mappings that are not its own
  PageRanges before_main_;  // that can be written
  PageRanges own_;          // of the run
  std::byte* copies_ = nullptr;
};

}  // namespace heddle::native
