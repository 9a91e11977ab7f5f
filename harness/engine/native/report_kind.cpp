#include "harness/engine/native/report_kind.h"

namespace heddle::native {

FailureKind kind_of_report(std::string_view description) {
  // "data-race", "data-race-vptr", "race-...": all are two accesses without an order.
  if (description.starts_with("data-race") || description.starts_with("race-") ||
      description.starts_with("external-race")) {
    return FailureKind::data_race;
  }
  if (description.starts_with("lock-order-inversion")) return FailureKind::lock_inversion;
  return FailureKind::other_report;
}

OpKind kind_of_access(bool write, bool atomic) {
  if (atomic) return write ? OpKind::atomic_store : OpKind::atomic_load;
  return write ? OpKind::write : OpKind::read;
}

}  // namespace heddle::native
