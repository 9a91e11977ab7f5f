#include "harness/report/source_text.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "harness/report/text.h"

namespace heddle {

std::vector<NumberedLine> source_lines(const std::string& file, unsigned first, unsigned last) {
  std::vector<NumberedLine> lines;
  std::error_code error;
  // A pipe in the place of a source would be waited for.
  if (!std::filesystem::is_regular_file(file, error)) return lines;
  std::ifstream in(file);
  constexpr std::size_t kLongest = 200;
  unsigned number = 0;
  for (std::string line; number < last && std::getline(in, line);) {
    if (++number < first) continue;
    std::string text;
    for (const char c : line) text += c == '\t' ? std::string("  ") : std::string(1, c);
    lines.push_back({number, shortened(printable(text), kLongest)});
  }
  return lines;
}

std::string source_line(const std::string& file, unsigned line) {
  const std::vector<NumberedLine> found = source_lines(file, line, line);
  if (found.empty()) return "";
  const std::string& text = found.front().text;
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? ""
                                    : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

std::vector<ExcerptLine> excerpt(const std::string& file, const std::set<unsigned>& marked,
                                 unsigned context) {
  std::vector<ExcerptLine> lines;
  unsigned shown = 0;
  for (const unsigned line : marked) {
    const unsigned first = std::max(shown + 1, line > context ? line - context : 1);
    const bool gap = shown != 0 && first > shown + 1;
    for (NumberedLine& one : source_lines(file, first, line + context)) {
      shown = one.number;
      const bool is_marked = marked.contains(one.number);
      lines.push_back(
          {.line = std::move(one), .marked = is_marked, .after_gap = gap && shown == first});
    }
  }
  // Empty ones at its ends tell nothing.
  const auto tells = [](const ExcerptLine& one) { return one.marked || !one.line.text.empty(); };
  lines.erase(lines.begin(), std::find_if(lines.begin(), lines.end(), tells));
  lines.erase(std::find_if(lines.rbegin(), lines.rend(), tells).base(), lines.end());
  return lines;
}

}  // namespace heddle
