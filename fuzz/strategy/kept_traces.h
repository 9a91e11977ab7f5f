// What of the runs of a search is kept for its forecast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/strategy/program_model.h"

namespace heddle {

// Traces of a search, which no more is to be said of than a forecast needs: of all runs at first,
// then of fewer and fewer. The first and the latest are kept.
class KeptTraces {
 public:
  static constexpr std::size_t kMostSteps = 300;  // of longer ones nothing is kept

  // To be filled; null: this run is not one of those.
  ProgramModel::Trace* next();
  const std::vector<ProgramModel::Trace>& all() const { return traces_; }

 private:
  std::vector<ProgramModel::Trace> traces_;
  std::uint64_t runs_ = 0;
  std::uint64_t next_run_ = 0;
  std::size_t oldest_ = 0;
};

}  // namespace heddle
