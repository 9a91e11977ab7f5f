// What the runs of a search cover, put together from what its workers have counted.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "harness/engine/engine.h"
#include "harness/model/coverage.h"
#include "harness/model/distinct.h"
#include "harness/runtime/channel.h"

namespace heddle {

class CoverageCount {
 public:
  // Forgets what there was: it counts from this run on.
  void begin(std::uint64_t run);
  // `position`: which of all runs the one of a number is. `decides`: they count for how many
  // decisions a run has.
  void add(const SharedProgress& progress, bool decides,
           const std::function<std::uint64_t(std::uint64_t run)>& position);

  bool any() const { return runs_ != 0; }
  // `runs`: all that were made; nothing if some of their numbers were left out.
  Coverage finish(std::optional<std::uint64_t> runs, const Job& job, std::uint32_t threads);

 private:
  Coverage coverage_;
  DistinctCount interleavings_;
  std::uint64_t runs_ = 0;
  std::uint64_t decisions_ = 0;  // of these
};

}  // namespace heddle
