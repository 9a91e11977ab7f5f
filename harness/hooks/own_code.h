// Where this library's own code lies.
#pragma once

#include "harness/model/op.h"

// The linker's names.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" const char __ehdr_start __attribute__((visibility("hidden")));
extern "C" const char _etext __attribute__((visibility("hidden")));
// NOLINTEND(readability-identifier-naming)

namespace heddle {

inline bool is_own_code(Address pc) {
  return pc >= reinterpret_cast<Address>(&__ehdr_start) && pc < reinterpret_cast<Address>(&_etext);
}

}  // namespace heddle
