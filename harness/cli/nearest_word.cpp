#include "harness/cli/nearest_word.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace heddle {
namespace {

// The number of single-character edits between two words (Levenshtein 1966).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> words) {
  constexpr std::size_t kTypingSlips = 3;
  const auto nearest =
      std::min_element(words.begin(), words.end(), [&](const std::string& a, const std::string& b) {
        return distance(a, word) < distance(b, word);
      });
  if (nearest == words.end()) return std::nullopt;
  const std::size_t slips = distance(*nearest, word);
  // Of a short word three slips leave nothing.
  if (slips > kTypingSlips || 2 * slips > word.size()) return std::nullopt;
  return *nearest;
}

}  // namespace heddle
