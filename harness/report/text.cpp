#include "harness/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace heddle {
namespace {

bool continues_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

// Bytes of the first `columns` code points.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  while (bytes < text.size() && (columns > 0 || continues_code_point(text[bytes]))) {
    if (!continues_code_point(text[bytes])) --columns;
    ++bytes;
  }
  return bytes;
}

// How many bytes at the beginning of the text are one character of UTF-8; 0 if they are none. Two
// that XML 1.0 forbids are none either.
std::size_t character_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(0);
  std::size_t length = 0;
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) length = 2;
  if (first >= 0xe0 && first < 0xf0) length = 3;
  if (first >= 0xf0 && first < 0xf5) length = 4;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  // Longer than it need be, a half of a pair, past the last character, U+FFFE and U+FFFF.
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) >= 0xa0) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) >= 0x90) return 0;
  if (first == 0xef && byte(1) == 0xbf && byte(2) >= 0xbe) return 0;
  return length;
}

// Characters of several bytes that move a cursor, end a line or turn the text round: C1's controls,
// the separators of lines and paragraphs, those of the direction of writing.
bool is_control(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 2) return byte(0) == 0xc2 && byte(1) < 0xa0;
  if (character.size() != 3 || byte(0) != 0xe2) return false;
  if (byte(1) == 0x80) return byte(2) >= 0xa8 && byte(2) <= 0xae;
  return byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
}

// Digits after the point, for about three digits in all; small rates get two that count.
int decimals(double value) {
  if (value <= 0) return 0;
  if (value > 99.9 && value < 100) return 2;
  if (value >= 100) return 0;
  if (value >= 10) return 1;
  if (value >= 1) return 2;
  return 1 - static_cast<int>(std::floor(std::log10(value)));
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ' ');
  return text;
}

std::string rounded(double number) {
  double unit = 1;
  while (number / unit >= 1000) unit *= 10;
  return grouped(static_cast<std::uint64_t>(std::llround(number / unit) * std::llround(unit)));
}

std::string plural(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string percent(double fraction) {
  const double value = 100 * fraction;
  const std::string text = fmt::format("{:.{}f}", value, decimals(value));
  if (value < 100 && text.starts_with("100")) return ">99.99";
  return text;
}

std::string percent_at_most(double fraction) {
  const double value = 100 * fraction;
  if (value >= 99.99) return "100";
  const int digits = decimals(value);
  const double scale = std::pow(10.0, digits);
  // A hair less before rounding up, else 0.3 * 100 = 30.000000000000004 becomes 30.1.
  return fmt::format("{:.{}f}", std::ceil(value * scale - 1e-9) / scale, digits);
}

std::string rate_text(Rate rate) {
  if (rate.runs == 0) return "no runs";
  if (rate.hits == 0) {
    return fmt::format("below {} % (95 %)", percent_at_most(zero_failure_bound(rate.runs)));
  }
  const Interval interval = wilson_interval(rate);
  return fmt::format("{} % ({} to {})", percent(fraction(rate)), percent(interval.low),
                     percent(interval.high));
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_code_point(c); }));
}

std::string printable(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == '\n' || byte == '\t') {
      result += ' ';
    } else if (length == 0 || byte < 0x20 || byte == 0x7f || is_control(text.substr(at, length))) {
      result += '?';
    } else {
      result += text.substr(at, length);
    }
    at += std::max<std::size_t>(length, 1);
  }
  return result;
}

std::string printable_lines(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    result += printable(text.substr(at, end - at));
    if (end < text.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  // Not by the width of all that is left: of a long message each line would cost that.
  for (std::size_t limit; (limit = bytes_of(text, width)) < text.size();) {
    // The space may stand just behind the last column that fits.
    std::size_t cut = text.rfind(' ', limit);
    if (cut == std::string_view::npos || text.find_first_not_of(' ') > cut) cut = limit;
    std::string_view line = text.substr(0, cut);
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(cut);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string{text};
  if (width <= 3) return std::string{text.substr(0, bytes_of(text, width))};
  return std::string{text.substr(0, bytes_of(text, width - 3))} + "...";
}

std::string padded_right(std::string text, std::size_t width) {
  const std::size_t used = width_of(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

std::string padded_left(const std::string& text, std::size_t width) {
  const std::size_t used = width_of(text);
  return used < width ? std::string(width - used, ' ') + text : text;
}

std::string shell_quoted(std::string_view text) {
  static constexpr std::string_view kHarmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
  if (!text.empty() && text.find_first_not_of(kHarmless) == std::string_view::npos) {
    return std::string{text};
  }
  // With an end that is not trimmed.
  const std::string whole = std::string(text) + '.';
  if (printable(whole) != whole) {
    // What cannot be shown would be something else when it is pasted.
    std::string result = "$'";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte >= 0x7f) {
        result += fmt::format("\\{:03o}", byte);
      } else {
        if (c == '\'' || c == '\\') result += '\\';
        result += c;
      }
    }
    return result + "'";
  }
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

}  // namespace heddle
