// How much memory this process may have, seen from within: the run that would take more ends where
// it asks for it, and the report has the place. The supervisor watches from outside, and is later.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/model/schedule.h"

namespace heddle::native::memory_limit {

// Bytes; 0: no limit.
void set(std::uint64_t bytes, EngineKind engine);

// See program_heap::MayGrow: a system call or three.
bool may_grow(std::size_t bytes);

// What to say of a run that may not. Allocates nothing.
const char* words();

}  // namespace heddle::native::memory_limit
