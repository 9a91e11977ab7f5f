// What a student has handed in, and what can be said of it without running it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/grade/rubric.h"

namespace heddle::grade {

struct Submission {
  std::string student;  // the name of the folder, or of the file without its ending
  std::filesystem::path path;
};

// "class/alice/" and "class/alice.cpp" are alice's.
Submission submission_at(const std::filesystem::path& path);

struct HandedIn {
  std::map<std::string, std::string> sources;  // texts of Rubric::sources, as far as there are any
  std::string answers;                         // text
  std::vector<std::string> missing;            // of Rubric::sources
  // What of the tests was changed, a sentence each.
  std::vector<std::string> changed;
  // Lines of the sources that are not the handout's own were changed, so that the verdict would be
  // on other tests than those that were given.
  bool tests_replaced = false;
  bool as_handed_out = false;  // the sources are the handout's, byte for byte
};

HandedIn read_submission(const Assignment& assignment, const Submission& submission);

// Which of the questions are answered right: a sentence for each that is not.
struct Answered {
  std::size_t right = 0;
  std::vector<std::string> wrong;
};
Answered check_answers(const Rubric& rubric, const std::string& answers);

// By these a program could leave its tests, change what its runs are judged by, or take from the
// machine what no exercise needs: forbidden in each assignment.
bool is_escaping_identifier(const std::string& identifier);  // in a source
bool is_escaping_symbol(const std::string& symbol);          // used by an object file

}  // namespace heddle::grade
