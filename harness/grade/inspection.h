// What a submission does that it may not, as far as its text and its objects tell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/grade/object_names.h"
#include "harness/grade/rubric.h"
#include "harness/grade/submission.h"

namespace heddle::grade {

struct Inspected {
  // What is in it and may not be, a sentence each: by the rubric, and in any assignment, because a
  // program could get round its tests by it.
  std::vector<std::string> forbidden;
  std::vector<std::string> escapes;
};

// `folder` holds each source's object (.o) and what the preprocessor makes of it (.ii); `given`
// are the names of what the assignment gives, and `original` those of the handout's own sources.
Inspected inspect(const Rubric& rubric, const HandedIn& handed_in,
                  const std::filesystem::path& folder, const ObjectNames& given,
                  const ObjectNames& original);

// "bank" of "bank.cpp"
std::string stem_of(const std::string& file);

}  // namespace heddle::grade
