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
  std::string source;  // path of its first source file; empty if the list names none
};

// What the opening comment of a case says of it: the lines
//   // Does:   <what it is meant to do>
//   // Class:  <class of bug>, difficulty <1 to 5> of 5
// Empty, and 0, where they are missing: cases of other projects need not have them.
struct CaseHeader {
  std::string purpose;
  std::string bug_class;
  int difficulty = 0;
};
CaseHeader read_case_header(const std::string& source_file);

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
