// Counts what the test program allocates with operator new.
#pragma once

#include <cstdint>

namespace heddle {

// So far, by all threads.
std::uint64_t allocation_count();

}  // namespace heddle
