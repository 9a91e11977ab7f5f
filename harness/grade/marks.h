// From what was seen to marks, with what the student is told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/grade/build.h"
#include "harness/grade/judge.h"
#include "harness/grade/rubric.h"
#include "harness/grade/submission.h"

namespace heddle::grade {

struct PartMark {
  Part part = Part::compile;
  std::int64_t score = 0;
  std::int64_t most = 0;
  std::string remark;  // a sentence; empty where there is nothing to say
};

struct Graded {
  std::string student;
  std::vector<PartMark> parts;     // in the order of Part; only those that the rubric marks
  std::vector<std::string> notes;  // what else is worth to be said, and what stress and tsan saw
  std::string for_person;          // why a person should look at it; empty if none need to
  std::string report;              // the interleaving, if hints go so far

  std::int64_t score() const;
  std::int64_t most() const;
  const PartMark* find(Part part) const;
};

// How much of a failure a student is told: 0 that there is one, 1 of what kind, 2 which lines, 3
// the interleaving.
using Hints = unsigned;
inline constexpr Hints kMostHints = 3;

Graded mark(const Rubric& rubric, const HandedIn& handed_in, const Built& built,
            const Evidence& evidence, Hints hints);

// Of a submission that could not be graded: no marks, and a person has to look.
Graded not_graded(const Rubric& rubric, const std::string& why);

}  // namespace heddle::grade
