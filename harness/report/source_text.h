// The program's source, where this machine has it.
#pragma once

#include <map>
#include <set>
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

// One of them without the space around it; empty if there is none.
std::string source_line(const std::string& file, unsigned line);

// By file.
using MarkedLines = std::map<std::string, std::set<unsigned>>;

struct ExcerptLine {
  NumberedLine line;
  bool marked = false;
  bool after_gap = false;  // lines were left out before it
};
// The marked lines of one file with `context` lines before and after each.
std::vector<ExcerptLine> excerpt(const std::string& file, const std::set<unsigned>& marked,
                                 unsigned context);

}  // namespace heddle
