#include "harness/report/source_text.h"

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

}  // namespace heddle
