#include "fuzz/strategy/kept_traces.h"

namespace heddle {

ProgramModel::Trace* KeptTraces::next() {
  constexpr std::size_t kFirst = 64;
  constexpr std::size_t kLatest = 64;
  if (runs_++ < next_run_) return nullptr;
  next_run_ = runs_ < kFirst ? runs_ : runs_ + runs_ / 20;
  if (traces_.size() < kFirst + kLatest) return &traces_.emplace_back();
  const std::size_t place = kFirst + oldest_;
  oldest_ = (oldest_ + 1) % kLatest;
  return &traces_[place];
}

}  // namespace heddle
