// Lines of text on a terminal, or in a file in its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "harness/report/terminal.h"

namespace heddle {

enum class Style : std::uint8_t { plain, bold, dim, red, green, yellow };

class Screen {
 public:
  Screen(std::ostream& out, const TerminalOptions& options);

  std::size_t width() const { return width_; }

  // Styles change nothing about the width: callers pad first and paint afterwards.
  std::string paint(std::string text, Style style) const;

  void blank();

  // A line as it is, however wide: padding at its end is cut off.
  void line(std::string text);

  // A paragraph of what is printable of the text: the first line after `lead`, the others indented
  // by as much.
  void paragraph(std::string_view lead, std::string_view text, Style style = Style::plain,
                 Style lead_style = Style::plain);

 private:
  std::ostream& out_;
  std::size_t width_;
  bool color_;
};

}  // namespace heddle
