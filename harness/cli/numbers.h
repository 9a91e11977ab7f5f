// Numbers and lengths of time as the command line has them. The library that reads it takes "-1"
// for the largest number there is, and "inf" for a length of time.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace heddle {

// More runs, or steps, than any machine makes in a year.
inline constexpr std::uint64_t kMostCounted = 1'000'000'000'000'000;

// Takes digits alone, from `least` to `most`.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

// "30s", "5m", "250ms", "1h"; a bare number is seconds. In seconds, from a millisecond to a year;
// nothing if it is none of these.
std::optional<double> parse_seconds(const std::string& text);

}  // namespace heddle
