// Code addresses of plain accesses that race: the question is asked at every plain access.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

class RacySet {
 public:
  // A new run knows what the job knows.
  void begin_job(std::span<const Address> pcs) {
    job_.assign(pcs.begin(), pcs.end());
    dirty_ = true;
    begin_run();
  }

  void begin_run() {
    if (!dirty_) return;
    dirty_ = false;
    for (const Address pc : pcs_) filter_[hash(pc)] = false;
    pcs_ = job_;
    for (const Address pc : pcs_) filter_[hash(pc)] = true;
  }

  // Returns whether it is new.
  bool add(Address pc) {
    if (contains(pc)) return false;
    pcs_.push_back(pc);
    filter_[hash(pc)] = true;
    dirty_ = true;
    return true;
  }

  // In this run.
  bool has_learned() const { return dirty_; }

  bool contains(Address pc) const {
    return may_contain(pc) && std::find(pcs_.begin(), pcs_.end(), pc) != pcs_.end();
  }
  // False for nearly all that it does not contain. Inlined by force: a call would cost more.
  [[gnu::always_inline]] bool may_contain(Address pc) const { return filter_[hash(pc)]; }

 private:
  static constexpr std::size_t kSlots = std::size_t{1} << 13;
  static std::size_t hash(Address pc) { return (pc ^ pc >> 13) & (kSlots - 1); }

  std::vector<Address> job_;
  std::vector<Address> pcs_;
  std::array<bool, kSlots> filter_{};
  bool dirty_ = false;
};

}  // namespace heddle
