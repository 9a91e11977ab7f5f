// What a person without any tool does: the program in a loop, with real threads.
#pragma once

#include <cstdint>

namespace heddle::bench {

// Each executes `runs` runs of the case of the same name, two new std::thread a run, and returns in
// how many an update was lost.
std::uint64_t plain_unlocked_counter(std::uint64_t runs);
std::uint64_t plain_mutex_counter(std::uint64_t runs);

}  // namespace heddle::bench
