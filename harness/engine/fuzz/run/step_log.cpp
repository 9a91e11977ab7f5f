#include "harness/engine/fuzz/run/step_log.h"

#include <algorithm>

namespace heddle {

Place StepLog::place_of(const Step& step) {
  return {.thread = step.thread,
          .op = {.kind = step.kind,
                 .order = MemoryOrder::seq_cst,
                 .address = step.address,
                 .pc = step.pc},
          .stack = {},
          .note = {}};
}

std::optional<Divergence> StepLog::first_difference(std::uint64_t run, const StepLog& first,
                                                    const StepLog& second) {
  const auto [a, b] = std::mismatch(first.steps_.begin(), first.steps_.end(), second.steps_.begin(),
                                    second.steps_.end());
  if (a == first.steps_.end() && b == second.steps_.end()) return std::nullopt;
  Divergence divergence{.run = run,
                        .step = static_cast<std::uint64_t>(a - first.steps_.begin()),
                        .first = {},
                        .second = {}};
  if (a != first.steps_.end()) divergence.first = place_of(*a);
  if (b != second.steps_.end()) divergence.second = place_of(*b);
  return divergence;
}

}  // namespace heddle
