// A schedule names one interleaving of a program by how it differs from the default one.
//
// Default: the running thread goes on until it blocks or ends, then the ready thread with the
// lowest id goes; every other open choice takes its first alternative. A schedule lists the
// deviations from that. So the empty list is a complete schedule, removing any deviation gives
// another valid schedule, and a shorter list is a simpler interleaving: just what shrinking needs.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

// At step `step` of thread `thread` (its own count, from 1), do not do the default thing. `value`
// is the thread that goes instead, or the index of the alternative if the step is another choice.
struct Deviation {
  ThreadId thread = 0;
  std::uint64_t step = 0;
  std::uint32_t value = 0;

  friend auto operator<=>(const Deviation&, const Deviation&) = default;
};

struct Schedule {
  std::vector<Deviation> deviations;

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

enum class EngineKind : std::uint8_t { stress, tsan, fuzz, relacy };

std::string_view to_string(EngineKind kind);
std::optional<EngineKind> parse_engine(std::string_view name);

// What a person pastes to see a run again. `fuzz` replays a schedule; `relacy` replays a state of
// Relacy's own scheduler, which only Relacy can read.
struct Token {
  EngineKind engine = EngineKind::fuzz;
  Schedule schedule;         // engine fuzz
  std::string relacy_state;  // engine relacy: letters, digits, '_' and '-' only

  friend bool operator==(const Token&, const Token&) = default;
};

// Longer texts are refused unread, so that a file pasted by mistake costs nothing. In characters;
// as much as Linux takes in one argument of a command.
inline constexpr std::size_t kMaxTokenLength = 128 * 1024;

// Text of letters, digits, '.', '_' and '-' only, so that no shell needs quotes: version and engine
// ("h1f"), the deviations or the state, and a CRC-32 over all before it. parse_token reads it back
// if its length is within kMaxTokenLength and its engine can replay (fuzz or relacy).
std::string to_text(const Token& token);

struct TokenError {
  std::string message;  // one line that says what is wrong and what to do
};

std::variant<Token, TokenError> parse_token(std::string_view text);

}  // namespace heddle
