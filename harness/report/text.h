// Text on a terminal: numbers, widths, wrapping.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/rate.h"

namespace heddle {

// "10 000": digits in groups of three.
std::string grouped(std::uint64_t number);

// The same with three digits that count: what measurements and estimates are good for.
std::string rounded(double number);

// "1 run", "10 000 runs".
std::string plural(std::uint64_t number, std::string_view noun);

// A fraction in [0, 1] as percent without the sign, to about three digits: "49.9", "3.12",
// "0.030". Never "0" for a fraction above 0, never "100" for one below 1.
std::string percent(double fraction);

// Like percent(), rounded up: for bounds, which must not claim more than was shown.
std::string percent_at_most(double fraction);

// How often, or how seldom at most: "3.12 % (2.80 to 3.48)", "below 0.030 % (95 %)".
std::string rate_text(Rate rate);

// Columns that the text takes on a terminal: its code points (no wide or combining characters).
std::size_t width_of(std::string_view text);

// One printable line of valid UTF-8: what a program under test put in its messages must not move
// the cursor, change colours or break the columns.
std::string printable(std::string_view text);

// The same of each line: for text that keeps them.
std::string printable_lines(std::string_view text);

// Lines of at most `width` >= 1 columns, broken at spaces, inside a word only if it is longer than
// a line. At least one line, perhaps empty.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// At most `width` columns, with "..." in place of what was cut from the end.
std::string shortened(std::string_view text, std::size_t width);

// Filled with spaces up to `width` columns.
std::string padded_right(std::string text, std::size_t width);
std::string padded_left(const std::string& text, std::size_t width);

// For a shell: as it is if it needs no quotes. POSIX's, unless there is in it what cannot be
// printed: that is told by numbers, as bash, ksh and zsh read them.
std::string shell_quoted(std::string_view text);

}  // namespace heddle
