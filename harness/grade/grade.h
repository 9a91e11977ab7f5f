// A class of submissions, each graded in a process of its own.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "harness/grade/marks.h"

namespace heddle::grade {

struct GradeOptions {
  std::string compiler = "g++";
  std::string library_dir;  // where libheddle.so is
  unsigned jobs = 1;        // submissions at a time
  Hints hints = 1;
  std::vector<std::filesystem::path> hidden;  // from what is graded, beside the assignment
};

// The calling process must have one thread only. `done` is called as submissions are finished, with
// how many are. The order is that of `submissions`.
std::vector<Graded> grade(const Assignment& assignment, std::span<const Submission> submissions,
                          const GradeOptions& options,
                          const std::function<void(std::size_t)>& done);

// What this system does not keep submissions from.
std::vector<std::string> not_contained(const GradeOptions& options);

}  // namespace heddle::grade
