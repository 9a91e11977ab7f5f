#include "harness/engine/native/mapped_memory.h"

#include <sys/mman.h>

#include <algorithm>

#include "harness/engine/native/raw_system.h"

namespace heddle::native {
namespace {

// To copy more than this before each run takes longer than a process of its own for each.
constexpr std::size_t kMostCopied = std::size_t{16} << 20;

PageRanges::Range pages(Address begin, std::size_t size) {
  constexpr Address kPage = 4096;
  return {begin, (begin + size + kPage - 1) & ~(kPage - 1)};
}

std::size_t overlap(const PageRanges::Range& a, const PageRanges::Range& b) {
  const Address begin = std::max(a.begin, b.begin);
  const Address end = std::min(a.end, b.end);
  return begin < end ? end - begin : 0;
}

}  // namespace

void PageRanges::append(Range range) {
  if (range.begin >= range.end) return;
  if (count_ == kCapacity) {
    failed_ = true;
    return;
  }
  ranges_[count_++] = range;
}

void PageRanges::add(Range range) {
  remove(range);
  append(range);
}

bool PageRanges::remove(Range range) {
  std::size_t found = 0;
  // From the back: what is left of a range is appended, and what takes its place was seen.
  for (std::size_t i = count_; i-- > 0;) {
    const Range whole = ranges_[i];
    const std::size_t common = overlap(whole, range);
    if (common == 0) continue;
    found += common;
    ranges_[i] = ranges_[--count_];
    append({whole.begin, std::min(whole.end, range.begin)});
    append({std::max(whole.begin, range.end), whole.end});
  }
  return found == range.end - range.begin;
}

bool PageRanges::covers(Range range) const {
  std::size_t found = 0;
  for (const Range& known : *this) found += overlap(known, range);
  return found == range.end - range.begin;
}

void MappedMemory::mapped(Address begin, std::size_t size, int protection, int flags) {
  const PageRanges::Range range = pages(begin, size);
  switch (phase_) {
    case Phase::constructors:
      before_main_.remove(range);
      // What is shared is for others too, and is not put back by any means.
      if ((protection & PROT_WRITE) != 0 && (flags & MAP_TYPE) == MAP_PRIVATE) {
        before_main_.add(range);
      }
      break;
    case Phase::between:
      break;
    case Phase::runs:
      // Perhaps in the place of something.
      if ((flags & MAP_FIXED) != 0 && !own_.covers(range)) disturbed_ = true;
      own_.add(range);
      break;
  }
}

void MappedMemory::unmapped(Address begin, std::size_t size) {
  const PageRanges::Range range = pages(begin, size);
  if (phase_ == Phase::constructors) before_main_.remove(range);
  if (phase_ == Phase::runs && !own_.remove(range)) disturbed_ = true;
}

void MappedMemory::protection_changed(Address begin, std::size_t size, int protection) {
  const PageRanges::Range range = pages(begin, size);
  if (phase_ == Phase::constructors) {
    before_main_.remove(range);
    if ((protection & PROT_WRITE) != 0) before_main_.add(range);
  }
  if (phase_ == Phase::runs && !own_.covers(range)) disturbed_ = true;
}

void MappedMemory::moved(Address from, std::size_t old_size, Address to, std::size_t new_size) {
  const PageRanges::Range old = pages(from, old_size);
  const PageRanges::Range now = pages(to, new_size);
  if (phase_ == Phase::constructors && before_main_.remove(old)) before_main_.add(now);
  if (phase_ == Phase::runs) {
    if (!own_.remove(old)) disturbed_ = true;
    own_.add(now);
  }
}

void MappedMemory::freeze() {
  phase_ = Phase::between;
  std::size_t total = 0;
  for (const auto& range : before_main_) total += range.end - range.begin;
  unknown_ = before_main_.failed() || total > kMostCopied;
  if (unknown_ || total == 0) return;
  const long memory = system_call(SYS_mmap, 0, static_cast<long>(total), PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory < 0) {
    unknown_ = true;
    return;
  }
  copies_ = reinterpret_cast<std::byte*>(memory);
  std::byte* copy = copies_;
  for (const auto& range : before_main_) {
    copy_bytes(copy, reinterpret_cast<const void*>(range.begin), range.end - range.begin);
    copy += range.end - range.begin;
  }
}

void MappedMemory::restore(int (*unmap)(void*, std::size_t)) {
  for (const auto& range : own_) {
    unmap(reinterpret_cast<void*>(range.begin), range.end - range.begin);
  }
  own_.clear();
  if (copies_ == nullptr) return;
  const std::byte* copy = copies_;
  for (const auto& range : before_main_) {
    copy_bytes(reinterpret_cast<void*>(range.begin), copy, range.end - range.begin);
    copy += range.end - range.begin;
  }
}

}  // namespace heddle::native
