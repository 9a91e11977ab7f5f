// The rarer synchronisation of the C library, as it does it itself.
#pragma once

#include "harness/hooks/engine_table.h"

namespace heddle {

// Makes the call that `call` stands for, with real threads. Returns 0 or an errno value; for
// futex_wake how many were woken; for once_begin and once_end kCallDirectly, since only the C
// library's own function does them as a whole.
int call_c_library(const SyncCall& call);

}  // namespace heddle
