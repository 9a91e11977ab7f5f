// How many distinct ones there were among many numbers that are like random ones, such as the
// fingerprints of runs, in a fixed amount of memory: the k smallest are kept. Up to k distinct ones
// the count is exact; beyond, the k-th smallest tells how densely they lie (Bar-Yossef et al.,
// "Counting Distinct Elements in a Data Stream", RANDOM 2002), with a standard error of
// 1 / sqrt(k - 2). What is kept is a fair sample of all, whoever saw which of them and in whatever
// order, so it does not matter how runs are dealt out to workers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

namespace heddle {

struct DistinctEntry {
  std::uint64_t key = 0;    // 0: none
  std::uint64_t first = 0;  // where it was first seen
};

// One worker's part. Zero-filled it is empty, so that it can lie in shared memory; it holds no
// pointers. May keep up to twice as many as are needed.
class DistinctSketch {
 public:
  static constexpr std::size_t kKept = 4096;

  void clear() {
    if (used_ != 0) entries_ = {};
    used_ = 0;
    limit_ = 0;
  }

  // `at` must ascend from call to call.
  void add(std::uint64_t number, std::uint64_t at) {
    const std::uint64_t key = key_of(number);
    // Below it are kKept already.
    if (limit_ != 0 && key > limit_) return;
    // By the low bits: of those that are kept, the high ones are alike.
    std::size_t slot = key & (kSlots - 1);
    while (entries_[slot].key != 0) {
      if (entries_[slot].key == key) return;
      slot = (slot + 1) & (kSlots - 1);
    }
    entries_[slot] = {.key = key, .first = at};
    if (++used_ == kMost) thin_out();
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    if (used_ == 0) return;
    for (const DistinctEntry& entry : entries_) {
      if (entry.key != 0) visit(entry);
    }
  }

 private:
  static constexpr std::size_t kSlots = kKept * 4;
  static constexpr std::size_t kMost = kKept * 2;

  static std::uint64_t key_of(std::uint64_t number) {
    number *= 0x9e3779b97f4a7c15U;
    number = (number ^ number >> 32U) * 0xd6e8feb86659fd93U;
    number ^= number >> 32U;
    return number == 0 ? 1 : number;
  }

  void thin_out();

  std::array<DistinctEntry, kSlots> entries_;
  std::size_t used_;
  std::uint64_t limit_;  // the largest key of interest; 0: any
};

// The parts put together.
class DistinctCount {
 public:
  void clear() {
    entries_.clear();
    exact_ = true;
  }
  void add(const DistinctEntry& entry);

  // No number was left out, and so the counts are no estimates.
  bool exact() const { return exact_; }
  std::uint64_t count() const;
  // How many of them were first seen at `begin` or later.
  std::uint64_t count_from(std::uint64_t begin) const;

 private:
  double weight() const;  // how many each of the kept ones stands for

  std::map<std::uint64_t, std::uint64_t> entries_;  // at most DistinctSketch::kKept, the smallest
  bool exact_ = true;
};

}  // namespace heddle
