#include "harness/model/distinct.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace heddle {

void DistinctSketch::thin_out() {
  std::vector<DistinctEntry> all;
  all.reserve(used_);
  for_each([&](const DistinctEntry& entry) { all.push_back(entry); });
  const auto by_key = [](const DistinctEntry& a, const DistinctEntry& b) { return a.key < b.key; };
  std::nth_element(all.begin(), all.begin() + (kKept - 1), all.end(), by_key);
  limit_ = all[kKept - 1].key;
  entries_ = {};
  used_ = kKept;
  for (std::size_t i = 0; i < kKept; ++i) {
    std::size_t slot = all[i].key & (kSlots - 1);
    while (entries_[slot].key != 0) slot = (slot + 1) & (kSlots - 1);
    entries_[slot] = all[i];
  }
}

void DistinctCount::add(const DistinctEntry& entry) {
  if (!exact_ && entry.key > entries_.rbegin()->first) return;
  const auto [at, is_new] = entries_.try_emplace(entry.key, entry.first);
  if (!is_new) {
    at->second = std::min(at->second, entry.first);
  } else if (entries_.size() > DistinctSketch::kKept) {
    entries_.erase(std::prev(entries_.end()));
    exact_ = false;
  }
}

double DistinctCount::weight() const {
  if (exact_) return 1;
  const auto kept = static_cast<double>(entries_.size());
  const double share = static_cast<double>(entries_.rbegin()->first) / std::ldexp(1.0, 64);
  return (kept - 1) / share / kept;
}

std::uint64_t DistinctCount::count() const {
  return static_cast<std::uint64_t>(std::llround(weight() * static_cast<double>(entries_.size())));
}

std::uint64_t DistinctCount::count_from(std::uint64_t begin) const {
  const auto late = std::count_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry.second >= begin; });
  return static_cast<std::uint64_t>(std::llround(weight() * static_cast<double>(late)));
}

}  // namespace heddle
