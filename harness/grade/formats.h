// The ways to hand marks on.
#pragma once

#include <ostream>
#include <span>
#include <string_view>

#include "harness/grade/marks.h"
#include "harness/grade/rubric.h"

namespace heddle::grade {

using MarksWriter = void (*)(std::ostream& out, const Assignment& assignment,
                             std::span<const Graded> graded);

struct MarksFormat {
  std::string_view name;
  bool for_class = false;  // else for one submission
  MarksWriter write;
};

// csv: a line for each student, a column for each part. junit: a suite for each student, a case for
// each part. gradescope: results.json of an autograder. classroom50: result.json of an autograder,
// schema classroom50/result/v1. coderunner: what a combinator template grader prints.
std::span<const MarksFormat> marks_formats();

// nullptr if there is no format of that name.
const MarksFormat* find_marks_format(std::string_view name);

// For people: a table, and below what there is to say of each.
void write_text(std::ostream& out, const Assignment& assignment, std::span<const Graded> graded);

}  // namespace heddle::grade
