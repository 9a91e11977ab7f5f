#include "harness/model/anchored_token.h"

#include <charconv>
#include <cstdio>
#include <optional>
#include <utility>

#include "harness/model/crc32.h"

namespace heddle {
namespace {

constexpr std::size_t kChecksum = 9;  // with its dash
constexpr std::size_t kFields = 11;   // of an anchor

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Letters and digits as they are, "__" for '_', "_3a" for ':'.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_plain(c)) {
      result += c;
    } else if (c == '_') {
      result += "__";
    } else {
      char code[4];
      std::snprintf(code, sizeof code, "_%02x", static_cast<unsigned char>(c));
      result += code;
    }
  }
  return result;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      result += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '_') {
      result += '_';
      ++i;
    } else {
      unsigned code = 0;
      const std::string_view digits = text.substr(i + 1, 2);
      const auto [rest, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
      if (error != std::errc{} || digits.size() != 2 || rest != digits.data() + 2) {
        return std::nullopt;
      }
      result += static_cast<char>(code);
      i += 2;
    }
  }
  return result;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// Reads the fields of a part one after the other.
class Fields {
 public:
  explicit Fields(std::string_view part) : fields_(split(part, '.')) {}

  std::size_t size() const { return fields_.size(); }
  bool ok() const { return ok_; }

  std::string text() {
    auto value = unescaped(fields_[at_++]);
    ok_ = ok_ && value.has_value();
    return value.value_or("");
  }
  template <typename Number>
  Number number() {
    const std::string_view field = fields_[at_++];
    Number value = 0;
    const auto [rest, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    ok_ = ok_ && error == std::errc{} && rest == field.data() + field.size();
    return value;
  }
  // By its name.
  template <typename Enum>
  Enum named(Enum last) {
    const std::string name = text();
    for (int i = 0; i <= static_cast<int>(last); ++i) {
      if (to_string(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
    }
    ok_ = false;
    return {};
  }

 private:
  std::vector<std::string_view> fields_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

std::string checksum(std::string_view text) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "-%08x", crc32(text));
  return digits;
}

std::string ordinal(std::uint64_t number) {
  constexpr std::uint64_t kTen = 10;
  const std::uint64_t last = number % kTen;
  const bool teen = number / kTen % kTen == 1;
  const char* const ending = teen || last == 0 || last > 3 ? "th"
                             : last == 1                   ? "st"
                             : last == 2                   ? "nd"
                                                           : "rd";
  return std::to_string(number) + ending;
}

}  // namespace

std::string to_text(const AnchoredToken& token) {
  std::string text(kAnchoredVersion);
  text += escaped(to_string(token.kind)) + '.' + escaped(token.function) + '.' +
          std::to_string(token.line);
  for (const Anchor& anchor : token.anchors) {
    text += '-' + std::to_string(anchor.thread) + '.' + std::to_string(anchor.value) + '.' +
            (anchor.after ? 'a' : 'b') + '.' + escaped(to_string(anchor.kind)) + '.' +
            escaped(anchor.function) + '.' + std::to_string(anchor.line) + '.' +
            escaped(anchor.object) + '.' + std::to_string(anchor.count) + '.' +
            std::to_string(anchor.alike) + '.' + std::to_string(anchor.anywhere) + '.' +
            std::to_string(anchor.distance);
  }
  return text + checksum(text);
}

std::variant<AnchoredToken, TokenError> parse_anchored_token(std::string_view text) {
  if (text.size() > kMaxTokenLength) return TokenError{"the token is too long"};
  if (text.size() < kAnchoredVersion.size() + kChecksum || !text.starts_with(kAnchoredVersion)) {
    return TokenError{"the token is damaged (it is cut short): copy the whole of it"};
  }
  const std::string_view covered = text.substr(0, text.size() - kChecksum);
  if (text.substr(covered.size()) != checksum(covered)) {
    return TokenError{
        "the token is damaged (its checksum does not match): copy the whole of it from the report, "
        "from 'h' to the last character"};
  }
  const TokenError wrong{
      "the token's checksum matches, but what it says is not as heddle writes it: use a token that "
      "heddle printed"};
  std::vector<std::string_view> parts = split(covered.substr(kAnchoredVersion.size()), '-');
  AnchoredToken token;
  Fields head(parts.front());
  if (head.size() != 3) return wrong;
  token.kind = head.named(FailureKind::out_of_memory);
  token.function = head.text();
  token.line = head.number<std::uint32_t>();
  if (!head.ok()) return wrong;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Fields fields(parts[i]);
    if (fields.size() != kFields) return wrong;
    Anchor anchor;
    anchor.thread = fields.number<ThreadId>();
    anchor.value = fields.number<std::uint32_t>();
    const std::string side = fields.text();
    anchor.after = side == "a";
    anchor.kind = fields.named(OpKind::failure);
    anchor.function = fields.text();
    anchor.line = fields.number<std::uint32_t>();
    anchor.object = fields.text();
    anchor.count = fields.number<std::uint64_t>();
    anchor.alike = fields.number<std::uint64_t>();
    anchor.anywhere = fields.number<std::uint64_t>();
    anchor.distance = fields.number<std::uint64_t>();
    if (!fields.ok() || (side != "a" && side != "b")) return wrong;
    token.anchors.push_back(std::move(anchor));
  }
  // So that no two texts are the same token.
  if (to_text(token) != text) return wrong;
  return token;
}

std::string to_words(const Anchor& anchor) {
  std::string text = 'T' + std::to_string(anchor.thread);
  if (anchor.count == 0) return text + " at its beginning";
  text += anchor.after ? " after `" : " before `";
  text += to_string(anchor.kind);
  if (!anchor.object.empty()) text += ' ' + anchor.object;
  text += "` in " + (anchor.function.empty() ? "?" : anchor.function) + "():";
  return text + std::to_string(anchor.line) + ", " + ordinal(anchor.count) + " time";
}

}  // namespace heddle
