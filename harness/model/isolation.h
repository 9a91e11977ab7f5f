// What keeps a run apart from the one before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace heddle {

enum class Isolation : std::uint8_t {
  automatic,  // memory, until a run leaves something behind that is not put back; then process
  memory,     // the program's memory, and what else is cheap, is put back between runs
  process,    // each run has a process of its own, forked from one that has run nothing
};

// As the command line has it: auto, memory, process.
constexpr std::optional<Isolation> parse_isolation(std::string_view text) {
  if (text == "auto") return Isolation::automatic;
  if (text == "memory") return Isolation::memory;
  if (text == "process") return Isolation::process;
  return std::nullopt;
}

}  // namespace heddle
