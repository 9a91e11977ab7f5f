#include "fuzz/relacy_search.h"

#include "fuzz/options.h"

namespace heddle {
namespace {

constexpr std::string_view kBound = "bound:";
constexpr std::string_view kChoices = ",choices:";

std::optional<unsigned> parse_bound(std::string_view text) {
  const auto bound = parse_whole_number(text);
  if (!bound || *bound > kLargestContextBound) return std::nullopt;
  return static_cast<unsigned>(*bound);
}

}  // namespace

std::optional<RelacySearch> parse_relacy_search(std::string_view text) {
  if (text == "random") return RelacySearch{};
  RelacySearch search{.random = false};
  if (const std::size_t at = text.find(kChoices); at != std::string_view::npos) {
    const auto choices = parse_bound(text.substr(at + kChoices.size()));
    if (!choices) return std::nullopt;
    search.choices = *choices;
    text = text.substr(0, at);
  }
  if (text == "full") return search;
  if (!text.starts_with(kBound)) return std::nullopt;
  const auto bound = parse_bound(text.substr(kBound.size()));
  if (!bound) return std::nullopt;
  search.bound = *bound;
  return search;
}

std::string to_text(const RelacySearch& search) {
  if (search.random) return "random";
  std::string text = "full";
  if (search.bound != kNoContextBound) text = std::string(kBound) + std::to_string(search.bound);
  if (search.choices != kNoContextBound) {
    text += std::string(kChoices) + std::to_string(search.choices);
  }
  return text;
}

}  // namespace heddle
