// Functions of the C and C++ libraries that are known by name, by the one list of them
// (quiet_calls.def).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "harness/hooks/exempt_code.h"
#include "harness/hooks/lasting_state.h"

namespace heddle {

struct ListedCall {
  enum class Effect : std::uint8_t {
    quiet,       // no other thread can tell
    forwarded,   // not modelled, whatever hook there is
    unmodelled,  // not modelled, unless there is a hook
  };
  enum class Form : std::uint8_t {
    pattern,  // `*` is any text
    real,     // a function of double, and those of the other floating-point types
  };

  Effect effect = Effect::quiet;
  std::string_view name;
  std::string_view reason;
  Form form = Form::pattern;
};

namespace quiet_groups {

#define HEDDLE_QUIET_GROUP(group, text) inline constexpr std::string_view group = text;
#include "harness/hooks/quiet_calls.def"

}  // namespace quiet_groups

inline constexpr ListedCall kListedCalls[] = {
#define HEDDLE_QUIET(group, text) \
  {ListedCall::Effect::quiet, text, quiet_groups::group, ListedCall::Form::pattern},
#define HEDDLE_QUIET_REAL(group, text) \
  {ListedCall::Effect::quiet, text, quiet_groups::group, ListedCall::Form::real},
#define HEDDLE_FORWARDED(text, why) \
  {ListedCall::Effect::forwarded, text, why, ListedCall::Form::pattern},
#define HEDDLE_UNMODELLED(text, why) \
  {ListedCall::Effect::unmodelled, text, why, ListedCall::Form::pattern},
#include "harness/hooks/quiet_calls.def"
};

// What stands behind the name of a function of double in its kin: `sin`, `sinf`, `sinf64x`.
inline constexpr std::array<std::string_view, 8> kRealTypes = {"",    "f",    "l",    "f32",
                                                               "f64", "f128", "f32x", "f64x"};

constexpr bool matches(const ListedCall& call, std::string_view function) {
  if (call.form == ListedCall::Form::pattern) return matches_pattern(call.name, function);
  return function.starts_with(call.name) &&
         std::find(kRealTypes.begin(), kRealTypes.end(), function.substr(call.name.size())) !=
             kRealTypes.end();
}

// The first entry for a function, by the linker's name; null if it is in none.
constexpr const ListedCall* find_listed_call(std::string_view function) {
  for (const ListedCall& call : kListedCalls) {
    if (matches(call, function)) return &call;
  }
  return nullptr;
}

// Whether a search sees all of what a call to this function shares between threads. `hooked`:
// Heddle exports a function of this name.
constexpr bool is_modelled(std::string_view function, bool hooked) {
  const ListedCall* listed = find_listed_call(function);
  if (hooked && !lasting_state::is_only_noted(function))
    return listed == nullptr || listed->effect != ListedCall::Effect::forwarded;
  return listed != nullptr && listed->effect == ListedCall::Effect::quiet;
}

}  // namespace heddle
