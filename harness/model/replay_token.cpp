#include "harness/model/replay_token.h"

#include <charconv>
#include <cstdio>
#include <utility>

#include "harness/model/crc32.h"
#include "harness/model/schedule_text.h"

namespace heddle {
namespace {

// "h2f-": version and engine; then the build; then what the token's own text has between its
// version and its checksum; then a checksum of all that.
constexpr std::string_view kVersion = "h2";
constexpr std::string_view kTokenVersion = "h1";
constexpr std::size_t kHead = 4;
constexpr std::size_t kBuild = 6;
constexpr std::size_t kChecksum = 9;  // with its dash

std::string hex(std::uint32_t number, int digits) {
  char text[16];
  std::snprintf(text, sizeof text, "%0*x", digits, number);
  return text;
}

std::string with_checksum(std::string text) {
  const std::uint32_t crc = crc32(text);
  return std::move(text) + '-' + hex(crc, 8);
}

const std::string kDamaged = "the token is damaged ";
const std::string kCopyIt =
    ": copy the whole of it from the report, from 'h' to the last character";

}  // namespace

std::string to_text(const ReplayToken& token) {
  const std::string bare = to_text(token.token);
  if (token.build == 0) return bare;
  const std::size_t head = kTokenVersion.size() + 1;
  std::string text(kVersion);
  text += bare.substr(kTokenVersion.size(), 1) + '-' + hex(token.build, kBuild);
  text += bare.substr(head, bare.size() - head - kChecksum);
  return with_checksum(std::move(text));
}

std::variant<ReplayToken, TokenError> parse_replay_token(std::string_view text) {
  const bool has_build = text.starts_with(kVersion) && text.size() >= kHead &&
                         std::string_view("fr").find(text[kVersion.size()]) != text.npos &&
                         text[kHead - 1] == '-';
  std::string bare;
  BuildMark build = 0;
  if (has_build) {
    if (text.size() < kHead + kBuild + kChecksum || text[text.size() - kChecksum] != '-') {
      return TokenError{kDamaged + "(it is cut short or something was added)" + kCopyIt};
    }
    const std::string_view covered = text.substr(0, text.size() - kChecksum);
    if (text.substr(covered.size() + 1) != hex(crc32(covered), 8)) {
      return TokenError{kDamaged + "(its checksum does not match)" + kCopyIt};
    }
    const std::string_view digits = covered.substr(kHead, kBuild);
    std::from_chars(digits.data(), digits.data() + digits.size(), build, 16);
    // So that no two texts are the same token.
    if (build == 0 || hex(build, kBuild) != digits) {
      return TokenError{
          "the token's checksum matches, but its build is not as heddle writes it: use a token "
          "that heddle printed"};
    }
    bare = std::string(kTokenVersion) + covered[kVersion.size()];
    bare += covered.substr(kHead + kBuild);
    bare = with_checksum(std::move(bare));
  }
  auto parsed = parse_long_token(has_build ? bare : text);
  if (auto* wrong = std::get_if<TokenError>(&parsed)) return std::move(*wrong);
  return ReplayToken{.token = std::get<Token>(std::move(parsed)), .build = build};
}

}  // namespace heddle
