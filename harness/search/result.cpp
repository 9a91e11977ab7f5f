#include "harness/search/result.h"

#include <algorithm>
#include <tuple>

namespace heddle {
namespace {

bool is_seen_on_the_way(FailureKind kind) {
  return kind == FailureKind::data_race || kind == FailureKind::lock_inversion;
}

// Of two races of one run. Addresses in one module keep their order wherever it lies, so that the
// choice of what is told does not depend on that.
bool is_place_before(const Place& a, const Place& b) {
  return std::tie(a.thread, a.op.kind, a.op.pc) < std::tie(b.thread, b.op.kind, b.op.pc);
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
  if (a.count != b.count) return a.count > b.count;
  if (a.first_run != b.first_run) return a.first_run < b.first_run;
  return std::lexicographical_compare(a.failure.places.begin(), a.failure.places.end(),
                                      b.failure.places.begin(), b.failure.places.end(),
                                      is_place_before);
}

EarlierParts earlier_with(const EngineResult& result) {
  return {.failed = result.earlier.failed + result.failed,
          .failed_late = result.earlier.failed_late + result.failed_late,
          .features = result.features,
          .repeatable = result.earlier.repeatable && !result.divergence.has_value() &&
                        !result.not_as_fresh.has_value()};
}

std::string_view to_string(CausePattern pattern) {
  switch (pattern) {
    case CausePattern::none:
      return "order";
    case CausePattern::data_race:
      return "data race";
    case CausePattern::lost_update:
      return "lost update";
    case CausePattern::check_then_act:
      return "check then act";
    case CausePattern::atomicity_violation:
      return "atomicity violation";
    case CausePattern::order_violation:
      return "order violation";
    case CausePattern::use_before_initialization:
      return "use before initialisation";
    case CausePattern::use_after_free:
      return "use after free by another thread";
    case CausePattern::lost_wakeup:
      return "lost wake-up";
    case CausePattern::lock_order_cycle:
      return "lock-order cycle";
    case CausePattern::unsafe_publication:
      return "unsafe publication";
    case CausePattern::self_deadlock:
      return "self-deadlock";
    case CausePattern::wait_without_loop:
      return "wait without a loop";
    case CausePattern::timed_out_wait:
      return "wait that times out";
    case CausePattern::flag_outside_mutex:
      return "flag changed outside the mutex";
    case CausePattern::aba:
      return "ABA";
    case CausePattern::flag_under_another_mutex:
      return "flag changed under another mutex";
    case CausePattern::notify_before_change:
      return "notification before the change";
    case CausePattern::hold_and_wait:
      return "hold and wait";
    case CausePattern::one_notification:
      return "one notification for several";
    case CausePattern::use_after_return:
      return "use after return";
    case CausePattern::nested_read_lock:
      return "nested read lock";
    case CausePattern::permit_kept:
      return "permit not given back";
  }
  return "unknown pattern";
}

}  // namespace heddle
