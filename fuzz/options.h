// The text form that strategies and delay plans share: name:key=value,key=value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace heddle {

struct Option {
  std::string_view key;
  std::string_view value;
};

// Views into the text that was parsed.
struct NamedOptions {
  std::string_view name;
  std::vector<Option> options;
};

struct OptionsError {
  std::string message;  // one line
};

// Only the form is checked: each option has a key and a value, and no key comes twice. The name
// may be empty.
std::variant<NamedOptions, OptionsError> split_options(std::string_view text);

// The whole text, in decimal; nothing if it is not one number or too large.
std::optional<std::uint64_t> parse_whole_number(std::string_view text);
// The whole text; nothing if it is not one number in [0, 1].
std::optional<double> parse_probability(std::string_view text);
// The shortest text that parse_probability() reads as the same number.
std::string probability_text(double probability);

}  // namespace heddle
