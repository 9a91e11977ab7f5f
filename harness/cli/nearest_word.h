// What somebody may have meant who misspelt a word.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace heddle {

// The nearest of `words`, if a few slips of the hand lead from it to `word`.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> words);

}  // namespace heddle
