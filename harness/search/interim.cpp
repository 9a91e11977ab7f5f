#include "harness/search/interim.h"

#include <algorithm>

namespace heddle {

EngineResult interim_result(EngineResult result, const FoundFailures& found) {
  for (const auto& [key, seen] : found) {
    if (!seen.described) continue;
    // Runs of the job under way are counted when it ends.
    result.findings.push_back({.failure = seen.failure,
                               .count = std::max<std::uint64_t>(seen.count, 1),
                               .first_run = seen.first_run,
                               .token = seen.token,
                               .minimal = {},
                               .fresh = FreshProcess::not_tried});
  }
  std::stable_sort(result.findings.begin(), result.findings.end(), comes_before);
  const std::uint64_t at_least = result.findings.empty() ? 0 : 1;
  result.failed = std::max(result.failed, at_least);
  result.runs = std::max(result.runs, result.failed);
  return result;
}

}  // namespace heddle
