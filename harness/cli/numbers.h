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

// "512MB", "2G", "1.5 GiB"; a bare number is bytes, and units are powers of 1024. In bytes; nothing
// if it is none of these, or is below `least` or beyond what any machine has.
std::optional<std::uint64_t> parse_memory(const std::string& text, std::uint64_t least);

}  // namespace heddle
