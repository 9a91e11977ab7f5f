// What ThreadSanitizer's words mean in Heddle's.
#pragma once

#include <string_view>

#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::native {

// `description` as __tsan_get_report_data() gives it, e.g. "data-race" or
// "lock-order-inversion".
FailureKind kind_of_report(std::string_view description);

OpKind kind_of_access(bool write, bool atomic);

}  // namespace heddle::native
