#include "fuzz/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace heddle {

std::variant<NamedOptions, OptionsError> split_options(std::string_view text) {
  NamedOptions result;
  const std::size_t colon = text.find(':');
  result.name = text.substr(0, colon);
  if (colon == std::string_view::npos) return result;

  std::string_view rest = text.substr(colon + 1);
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = rest.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) rest.remove_prefix(comma + 1);

    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == item.size()) {
      return OptionsError{"'" + std::string(text) + "': expected key=value, not '" +
                          std::string(item) + "'"};
    }
    const Option option{item.substr(0, equals), item.substr(equals + 1)};
    const auto same_key = [&](const Option& other) { return other.key == option.key; };
    if (std::any_of(result.options.begin(), result.options.end(), same_key)) {
      return OptionsError{"'" + std::string(text) + "': " + std::string(option.key) +
                          " is given twice"};
    }
    result.options.push_back(option);
  }
  return result;
}

namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> parse_whole_number(std::string_view text) {
  return parse_number<std::uint64_t>(text);
}

std::optional<double> parse_probability(std::string_view text) {
  const std::optional<double> number = parse_number<double>(text);
  // Written so that "nan", which from_chars() accepts, is refused too.
  if (!number || !(*number >= 0 && *number <= 1)) return std::nullopt;
  return *number + 0.0;  // "-0" would print as "-0"
}

std::string probability_text(double probability) {
  std::array<char, 32> buffer{};  // the longest, such as 2.2250738585072014e-308, takes 23
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), probability);
  return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

}  // namespace heddle
