#include "harness/search/collected.h"

#include <algorithm>

#include "fuzz/relacy_search.h"

namespace heddle {

EngineResult result_of_no_run(const Job& job, const EarlierParts& earlier) {
  EngineResult result;
  result.engine = job.engine;
  result.method = method_of(job);
  result.earlier = earlier;
  result.features = earlier.features;
  if (job.engine != EngineKind::relacy) return result;
  const auto search = parse_relacy_search(job.relacy_search);
  if (search.has_value() && search->bound != kNoContextBound) {
    result.preemption_bound = search->bound;
  }
  return result;
}

void add_counts(const SharedProgress& progress, bool explores, EngineResult& result) {
  result.runs += progress.runs_done;
  result.failed += progress.runs_failed;
  result.failed_late += progress.runs_failed_late;
  result.redundant += progress.runs_redundant;
  if (explores) {
    result.runs -= progress.runs_gave_up;
    result.explored += progress.runs_done - progress.runs_gave_up;
    result.explored_failed += progress.runs_failed;
  } else {
    result.gave_up += progress.runs_gave_up;
  }
  if (progress.runs_failed != 0) note_failed(progress.first_failed_run, result);
}

void note_failed(std::uint64_t run, EngineResult& result) {
  auto& first = result.first_failure;
  first = std::min(first.value_or(run + 1), run + 1);
}

void add_failed_run(std::uint64_t run, bool explores, EngineResult& result) {
  ++result.runs;
  ++result.failed;
  note_failed(run, result);
  if (!explores) return;
  ++result.explored;
  ++result.explored_failed;
}

void add_failures(const SharedProgress& progress, FoundFailures& found, FirstRuns& first_runs) {
  const std::uint32_t failures = progress.failures_used;
  for (std::uint32_t i = 0; i < failures; ++i) {
    const std::uint64_t key = progress.failures[i].key;
    found[key].count += progress.failures[i].count;
    const std::uint64_t first = progress.failures[i].in_first_runs;
    first_runs.add_failures(key, {.first = first, .later = progress.failures[i].count - first});
  }
  first_runs.add_runs(
      {.first = progress.first_runs, .later = progress.runs_done - progress.first_runs});
}

void add_racy(const SharedProgress& progress, std::vector<Address>& racy) {
  const std::uint32_t used = progress.racy_used;
  for (std::uint32_t i = 0; i < used; ++i) {
    const Address pc = progress.racy[i];
    const auto at = std::lower_bound(racy.begin(), racy.end(), pc);
    if (at == racy.end() || *at != pc) racy.insert(at, pc);
  }
}

}  // namespace heddle
