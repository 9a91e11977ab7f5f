// The text of a token, for those who have it in a text of their own.
#pragma once

#include <string_view>
#include <variant>

#include "harness/model/schedule.h"

namespace heddle {

// parse_token() without its limit of length.
std::variant<Token, TokenError> parse_long_token(std::string_view text);

// What was pasted, in quotes, safe for a terminal and never long.
std::string quoted_token(std::string_view text);

}  // namespace heddle
