// How much memory there is for workers.
#pragma once

#include <cstdint>
#include <string>

namespace heddle {

// Of the machine, or of the control group that this process is in if that may have less. 0 if
// nobody says. `root`: where /proc and /sys are looked for; a test has its own.
std::uint64_t memory_at_hand(const std::string& root = "");

// What each of so many workers may have: together half of what is at hand, for there are processes
// that repeat runs beside them. Never so little that a small program could not be run.
std::uint64_t share_of_memory(std::uint64_t at_hand, unsigned workers);

// What a worker needs before the program has anything.
inline constexpr std::uint64_t kLeastMemory = std::uint64_t{64} << 20;

// What to say behind the error of an engine where processes may have only so many addresses, of
// which engines reserve far more than they use. Empty where they may have all.
std::string address_limit_words();

}  // namespace heddle
