// Code addresses of plain accesses that race: the question is asked at every plain access.
#pragma once

#include <algorithm>
#include <bitset>
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
    pcs_ = job_;
    filter_.reset();
    for (const Address pc : pcs_) filter_.set(hash(pc));
  }

  // What the run under way has learned is known to those after it.
  void keep() { job_ = pcs_; }

  // Returns whether it is new.
  bool add(Address pc) {
    if (contains(pc)) return false;
    pcs_.push_back(pc);
    filter_.set(hash(pc));
    dirty_ = true;
    return true;
  }

  // In this run.
  bool has_learned() const { return dirty_; }

  // Inlined by force: a call would cost more than the bit.
  [[gnu::always_inline]] bool contains(Address pc) const {
    // Nearly every access is answered by one bit.
    if (!filter_.test(hash(pc))) [[likely]]
      return false;
    return find(pc);
  }

 private:
  [[gnu::noinline]] bool find(Address pc) const {
    return std::find(pcs_.begin(), pcs_.end(), pc) != pcs_.end();
  }

  static constexpr std::size_t kBits = std::size_t{1} << 14;
  static std::size_t hash(Address pc) { return (pc ^ pc >> 14) & (kBits - 1); }

  std::vector<Address> job_;
  std::vector<Address> pcs_;
  std::bitset<kBits> filter_;
  bool dirty_ = false;
};

}  // namespace heddle
