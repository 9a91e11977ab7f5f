#include "harness/search/result.h"

namespace heddle {
namespace {

bool is_seen_on_the_way(FailureKind kind) {
  return kind == FailureKind::data_race || kind == FailureKind::lock_inversion;
}

}  // namespace

std::string method_of(const Job& job) {
  switch (job.engine) {
    case EngineKind::fuzz:
      return job.strategy;
    case EngineKind::relacy:
      return job.relacy_search;
    case EngineKind::stress:
    case EngineKind::tsan:
      return to_text(job.delay);
  }
  return {};
}

bool comes_before(const Finding& a, const Finding& b) {
  if (a.failure.late_wake != b.failure.late_wake) return b.failure.late_wake;
  const bool a_later = is_seen_on_the_way(a.failure.kind);
  const bool b_later = is_seen_on_the_way(b.failure.kind);
  if (a_later != b_later) return b_later;
  return a.count != b.count ? a.count > b.count : a.first_run < b.first_run;
}

EarlierParts earlier_with(const EngineResult& result) {
  return {.failed = result.earlier.failed + result.failed,
          .failed_late = result.earlier.failed_late + result.failed_late,
          .features = result.features,
          .repeatable = result.earlier.repeatable && !result.divergence.has_value() &&
                        !result.not_as_fresh.has_value()};
}

}  // namespace heddle
