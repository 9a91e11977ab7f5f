#include "fuzz/relacy_search.h"

#include "fuzz/options.h"

namespace heddle {

std::optional<RelacySearch> parse_relacy_search(std::string_view text) {
  if (text == "random") return RelacySearch{};
  if (text == "full") return RelacySearch{.random = false};
  constexpr std::string_view kBound = "bound:";
  if (!text.starts_with(kBound)) return std::nullopt;
  const auto bound = parse_whole_number(text.substr(kBound.size()));
  if (!bound || *bound > kLargestContextBound) return std::nullopt;
  return RelacySearch{.random = false, .bound = static_cast<unsigned>(*bound)};
}

}  // namespace heddle
