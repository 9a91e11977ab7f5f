// In which library does an address lie? Quick where it has been asked before; any thread may ask.
#pragma once

#include <cstdint>

namespace heddle {

// Whether this object is of a system library (system_libraries.h), whose state is not put back
// between runs. What is initialised there once is so in the first run and in no other: to have it
// as a step would make runs differ. The object must be aligned to 4 bytes.
bool in_system_library(const void* object);

// Whether this code is of a library that runs OpenMP's threads. They wait for each other by system
// calls of their own, which no hook sees.
bool in_openmp_library(std::uintptr_t code);

}  // namespace heddle
