// The built cases by name, from the list that CMake wrote.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace heddle {

struct ListedCase {
  std::string name;
  std::string path;
};

struct CaseListError {
  std::string message;
};

// Reads ../share/heddle/cases.json beside this command. No such file: no cases.
std::variant<std::vector<ListedCase>, CaseListError> read_case_list();
std::variant<std::vector<ListedCase>, CaseListError> read_case_list(const std::string& file);

// A word of the command line as a program: with a '/' it is a path, else a name among the cases.
struct NamedProgram {
  std::string name;  // for reports and replay lines, as it was given
  std::string path;
};
std::variant<NamedProgram, CaseListError> find_program(const std::string& word,
                                                       const std::vector<ListedCase>& cases);

// The path of standard input where that is a file, for the programs to read; else empty. What comes
// through a pipe cannot be read again, and a terminal is the person's.
std::string standard_input_file();

}  // namespace heddle
