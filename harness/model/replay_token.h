// A token together with the build that it is of: what a report prints and a person pastes.
//
// A schedule counts steps, and in another program, or after a change, the same numbers are some
// other interleaving: that it passes says nothing of the failure, and that it fails nothing either.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "harness/model/schedule.h"

namespace heddle {

// Of what a program executes: see program_build() in harness/search. 0: not known.
using BuildMark = std::uint32_t;
inline constexpr BuildMark kMostBuildMark = 0xffffff;

struct ReplayToken {
  Token token;
  BuildMark build = 0;

  friend bool operator==(const ReplayToken&, const ReplayToken&) = default;
};

// As to_text(Token) has it, with six digits of the build in front of the deviations
// ("h2f-5e7c1a-1.3.2-22d04198"); without a build, the token's own text. Up to kMostBuildMark.
std::string to_text(const ReplayToken& token);

// Of any length: a command has no more than kMaxTokenLength in a word, a file may have it.
std::variant<ReplayToken, TokenError> parse_replay_token(std::string_view text);

}  // namespace heddle
