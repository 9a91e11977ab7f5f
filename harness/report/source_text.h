// The program's source, where this machine has it.
#pragma once

#include <string>
#include <vector>

namespace heddle {

struct NumberedLine {
  unsigned number = 0;
  std::string text;  // printable, tabs as two spaces
};

// The lines of the file from `first` to `last`, as many of them as there are; none if it cannot be
// read. A line is cut at 200 characters.
std::vector<NumberedLine> source_lines(const std::string& file, unsigned first, unsigned last);

}  // namespace heddle
