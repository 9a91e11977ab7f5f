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
    for (const Address pc : pcs_) filter_[place_of(pc)] = false;
    pcs_.clear();
    std::fill(slots_.begin(), slots_.end(), 0);
    for (const Address pc : job_) insert(pc);
  }

  // What the run under way has learned is known to those after it.
  void keep() { job_ = pcs_; }

  // Returns whether it is new.
  bool add(Address pc) {
    if (contains(pc)) return false;
    insert(pc);
    dirty_ = true;
    return true;
  }

  // In this run.
  bool has_learned() const { return dirty_; }

  bool contains(Address pc) const {
    if (!may_contain(pc)) return false;
    std::size_t at = slot_of(pc);
    while (slots_[at] != 0 && slots_[at] != pc) at = (at + 1) & (slots_.size() - 1);
    return slots_[at] == pc;
  }
  // False for nearly all that it does not contain. Inlined by force: a call would cost more.
  [[gnu::always_inline]] bool may_contain(Address pc) const { return filter_[place_of(pc)]; }

 private:
  static constexpr std::size_t kPlaces = std::size_t{1} << 13;
  static std::size_t hash(Address pc) { return pc ^ pc >> 13; }
  static std::size_t place_of(Address pc) { return hash(pc) & (kPlaces - 1); }
  std::size_t slot_of(Address pc) const { return hash(pc) & (slots_.size() - 1); }

  void insert(Address pc) {
    pcs_.push_back(pc);
    filter_[place_of(pc)] = true;
    if (pcs_.size() * 2 <= slots_.size()) {
      place(pc);
      return;
    }
    slots_.assign(slots_.size() * 2, 0);
    for (const Address known : pcs_) place(known);
  }

  void place(Address pc) {
    std::size_t at = slot_of(pc);
    while (slots_[at] != 0 && slots_[at] != pc) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = pc;
  }

  std::vector<Address> job_;
  std::vector<Address> pcs_;
  std::vector<Address> slots_ = std::vector<Address>(16);  // pcs_ by slot_of(), half of it empty
  std::array<bool, kPlaces> filter_{};
  bool dirty_ = false;
};

}  // namespace heddle
