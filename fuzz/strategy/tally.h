#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "fuzz/random.h"

namespace heddle {

// How often what was seen.
class Tally {
 public:
  // `aside`: what else there was that may have to do with it.
  void add(std::uint32_t what, std::uint64_t aside = 0) {
    if (counts_.empty()) aside_ = aside;
    various_ |= aside_ != aside;
    for (auto& [known, count] : counts_) {
      if (known != what) continue;
      ++count;
      return;
    }
    counts_.emplace_back(what, 1);
  }

  bool always_the_same() const { return counts_.size() == 1; }
  // More than one thing was aside.
  bool various() const { return various_; }

  // As often as it was seen.
  std::uint32_t draw(Random& random) const {
    if (always_the_same()) return counts_.front().first;
    std::uint64_t all = 0;
    for (const auto& [what, count] : counts_) all += count;
    std::uint64_t left = random.below(all);
    for (const auto& [what, count] : counts_) {
      if (left < count) return what;
      left -= count;
    }
    return counts_.back().first;
  }

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> counts_;
  std::uint64_t aside_ = 0;
  bool various_ = false;
};

}  // namespace heddle
