#include "harness/cli/numbers.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <system_error>

namespace heddle {

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return CLI::Validator(
      [least, most](std::string& text) -> std::string {
        std::uint64_t value = 0;
        const char* const end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc{} && rest == end && value >= least && value <= most) return {};
        return fmt::format("'{}' is no whole number from {} to {}", text, least, most);
      },
      "");
}

std::optional<double> parse_seconds(const std::string& text) {
  // Digits and a point: from_chars() also knows "inf", "nan", signs and exponents.
  const std::size_t length = text.find_first_not_of("0123456789.");
  const std::string_view number = std::string_view(text).substr(0, length);
  double value = 0;
  const auto [rest, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || rest != number.data() + number.size()) return std::nullopt;
  const std::string_view unit = std::string_view(text).substr(number.size());
  double factor = 0;
  if (unit == "ms") factor = 0.001;
  if (unit.empty() || unit == "s") factor = 1;
  if (unit == "m") factor = 60;
  if (unit == "h") factor = 3600;
  constexpr double kLeast = 0.001;
  constexpr double kMost = 366.0 * 24 * 3600;
  const double seconds = value * factor;
  if (!(seconds >= kLeast && seconds <= kMost)) return std::nullopt;
  return seconds;
}

std::optional<std::uint64_t> parse_memory(const std::string& text, std::uint64_t least) {
  // As in parse_seconds().
  const std::size_t length = text.find_first_not_of("0123456789.");
  const std::string_view number = std::string_view(text).substr(0, length);
  double value = 0;
  const auto [rest, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || rest != number.data() + number.size()) return std::nullopt;
  std::string unit;
  for (const char c : std::string_view(text).substr(number.size())) {
    if (c != ' ') unit += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  constexpr std::string_view kUnits = "KMGTP";
  double factor = 1;
  if (const std::size_t power = unit.empty() ? std::string_view::npos : kUnits.find(unit.front());
      power != std::string_view::npos) {
    constexpr double kStep = 1024;
    for (std::size_t i = 0; i <= power; ++i) factor *= kStep;
    unit.erase(0, 1);
    if (unit == "IB") unit.erase(0, 1);
  }
  if (!unit.empty() && unit != "B") return std::nullopt;
  constexpr double kMost = 1e18;
  const double bytes = value * factor;
  if (!(bytes >= static_cast<double>(least) && bytes <= kMost)) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace heddle
