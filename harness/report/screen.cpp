#include "harness/report/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/report/text.h"

namespace heddle {
namespace {

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::red:
      return "\x1b[31m";
    case Style::green:
      return "\x1b[32m";
    case Style::yellow:
      return "\x1b[33m";
  }
  return "";
}

}  // namespace

Screen::Screen(std::ostream& out, const TerminalOptions& options)
    : out_(out), width_(std::max<std::size_t>(options.width, 40)), color_(options.color) {}

std::string Screen::paint(std::string text, Style style) const {
  if (!color_ || style == Style::plain || text.empty()) return text;
  return fmt::format("{}{}\x1b[0m", escape_of(style), text);
}

void Screen::blank() {
  out_ << '\n';
}

void Screen::line(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  out_ << text << '\n';
}

void Screen::paragraph(std::string_view lead, std::string_view text, Style style,
                       Style lead_style) {
  const std::size_t indent = width_of(lead);
  const std::size_t room = width_ > indent + 16 ? width_ - indent : 16;
  std::string before = paint(std::string{lead}, lead_style);
  for (std::string& part : wrap(printable(text), room)) {
    line(before + paint(std::move(part), style));
    before = std::string(indent, ' ');
  }
}

}  // namespace heddle
