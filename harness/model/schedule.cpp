#include "harness/model/schedule.h"

#include <charconv>

#include "harness/model/crc32.h"
#include "harness/model/schedule_text.h"

namespace heddle {
namespace {

constexpr std::string_view kVersion = "h1";
constexpr std::size_t kChecksumLength = 8;

std::string checksum(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  const std::uint32_t crc = crc32(text);
  std::string result;
  for (int shift = 28; shift >= 0; shift -= 4) result += kDigits[(crc >> shift) & 0xfU];
  return result;
}

char engine_letter(EngineKind kind) {
  switch (kind) {
    case EngineKind::stress:
      return 's';
    case EngineKind::tsan:
      return 't';
    case EngineKind::fuzz:
      return 'f';
    case EngineKind::relacy:
      return 'r';
  }
  return '?';
}

// By hand, because isalnum asks the locale and is undefined for negative chars.
bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_token_char(char c) {
  return is_word(c) || c == '.' || c == '-';
}
bool is_state_char(char c) {
  return is_word(c) || c == '-';
}

TokenError error(std::string message) {
  return TokenError{std::move(message)};
}

// Takes one decimal number off the front of `text`; only its one canonical spelling, so that two
// different texts are never the same token.
template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  if (text.empty() || !is_digit(text.front())) return false;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{}) return false;
  const auto length = static_cast<std::size_t>(end - text.data());
  if (length > 1 && text.front() == '0') return false;
  text.remove_prefix(length);
  return true;
}

bool take_dot(std::string_view& text) {
  if (text.empty() || text.front() != '.') return false;
  text.remove_prefix(1);
  return true;
}

bool parse_deviation(std::string_view text, Deviation& deviation) {
  return take_number(text, deviation.thread) && take_dot(text) &&
         take_number(text, deviation.step) && take_dot(text) &&
         take_number(text, deviation.value) && text.empty();
}

}  // namespace

std::string_view to_string(EngineKind kind) {
  switch (kind) {
    case EngineKind::stress:
      return "stress";
    case EngineKind::tsan:
      return "tsan";
    case EngineKind::fuzz:
      return "fuzz";
    case EngineKind::relacy:
      return "relacy";
  }
  return "unknown engine";
}

std::optional<EngineKind> parse_engine(std::string_view name) {
  for (const EngineKind kind :
       {EngineKind::stress, EngineKind::tsan, EngineKind::fuzz, EngineKind::relacy}) {
    if (name == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::string quoted_token(std::string_view text) {
  constexpr std::size_t kLimit = 24;
  std::string result = "'";
  for (const char c : text.substr(0, kLimit)) result += c >= ' ' && c <= '~' ? c : '?';
  result += text.size() > kLimit ? "...'" : "'";
  return result;
}

std::string to_text(const Token& token) {
  std::string text{kVersion};
  text += engine_letter(token.engine);
  if (token.engine == EngineKind::relacy) {
    if (!token.relacy_state.empty()) text += '-' + token.relacy_state;
  } else {
    for (const Deviation& deviation : token.schedule.deviations) {
      text += '-' + std::to_string(deviation.thread) + '.' + std::to_string(deviation.step) + '.' +
              std::to_string(deviation.value);
    }
  }
  text += '-' + checksum(text);
  return text;
}

std::variant<Token, TokenError> parse_token(std::string_view text) {
  if (text.size() > kMaxTokenLength) {
    return error("the token is too long (" + std::to_string(text.size()) + " characters, limit " +
                 std::to_string(kMaxTokenLength) + "): run the program again to shrink it");
  }
  return parse_long_token(text);
}

std::variant<Token, TokenError> parse_long_token(std::string_view text) {
  if (text.empty()) return error("the token is empty: give the one that a report printed");
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_token_char(text[i])) {
      return error(quoted_token(text) + " is not a token: character " + std::to_string(i + 1) +
                   " is not a letter, digit, '.', '_' or '-'; copy it again from the report");
    }
  }

  // Version and engine come before the checksum: the token of another version may well have
  // another checksum, and "damaged" would send the person looking for the wrong thing.
  const std::size_t first_dash = text.find('-');
  const std::string_view head = text.substr(0, first_dash);
  std::size_t digits = 0;
  while (1 + digits < head.size() && is_digit(head[1 + digits])) ++digits;
  if (head.empty() || head[0] != 'h' || digits == 0 || head.size() != digits + 2) {
    return error(quoted_token(text) +
                 " is not a token: tokens look like h2f-5e7c1a-1.37.2-6b5f0a13; copy it from the "
                 "replay line of a report");
  }
  const std::string_view version = head.substr(0, 1 + digits);
  if (version != kVersion) {
    return error("the token has version " + quoted_token(version) + ", this heddle reads '" +
                 std::string{kVersion} +
                 "': replay it with the version of heddle that printed it, or search again");
  }
  Token token;
  switch (head.back()) {
    case 'f':
      token.engine = EngineKind::fuzz;
      break;
    case 'r':
      token.engine = EngineKind::relacy;
      break;
    case 's':
    case 't':
      return error(
          "the token names a run of real threads, which nothing can replay: use a token of the "
          "engines fuzz or relacy");
    default:
      return error("the token names an unknown engine '" + std::string(1, head.back()) +
                   "' (known: f for fuzz, r for relacy): copy it again from the report");
  }

  const std::size_t last_dash = text.rfind('-');
  const bool cut_short =
      first_dash == std::string_view::npos || text.size() - last_dash - 1 != kChecksumLength;
  if (cut_short || text.substr(last_dash + 1) != checksum(text.substr(0, last_dash))) {
    return error(
        std::string{"the token is damaged "} +
        (cut_short ? "(it is cut short or something was added)" : "(its checksum does not match)") +
        ": copy the whole of it from the report, from 'h' to the last character");
  }
  std::string_view body;
  if (last_dash > first_dash) body = text.substr(first_dash + 1, last_dash - first_dash - 1);

  if (token.engine == EngineKind::relacy) {
    for (const char c : body) {
      if (!is_state_char(c)) {
        return error(
            "the token's checksum matches, but its relacy state holds a character that heddle "
            "never writes: use a token that heddle printed");
      }
    }
    token.relacy_state = body;
    // "h1r--<checksum>" would be a second spelling of the empty state.
    if (body.empty() && last_dash > first_dash) {
      return error(
          "the token's checksum matches, but it is not as heddle writes it: use a token "
          "that heddle printed");
    }
    return token;
  }

  if (last_dash == first_dash) return token;
  for (std::size_t number = 1;; ++number) {
    const std::size_t dash = body.find('-');
    Deviation deviation;
    if (!parse_deviation(body.substr(0, dash), deviation)) {
      return error("the token's checksum matches, but its deviation " + std::to_string(number) +
                   " is not THREAD.STEP.VALUE as heddle writes it: use a token that heddle "
                   "printed");
    }
    token.schedule.deviations.push_back(deviation);
    if (dash == std::string_view::npos) return token;
    body.remove_prefix(dash + 1);
  }
}

}  // namespace heddle
