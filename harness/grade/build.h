// From what was handed in to programs that can be run.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/grade/sandbox.h"
#include "harness/grade/submission.h"

namespace heddle::grade {

struct Built {
  bool built = false;
  std::string error;  // else why not: the compiler's words, cut off where they are long
  std::filesystem::path program;
  // The same, with a failed assertion where two threads are at once in Rubric::parallel; empty if
  // the rubric names no function.
  std::filesystem::path meeting_program;
  // What is in it and may not be, a sentence each: by the rubric, and in any assignment, because a
  // program could get round its tests by it.
  std::vector<std::string> forbidden;
  std::vector<std::string> escapes;
};

// Of the assertion that fails in Built::meeting_program when two threads meet.
inline constexpr char kMeeting[] = "two threads are at once in the function";

// Lays the program out in `room.folder` and compiles it there with `compiler`, in the sandbox.
Built build(const Assignment& assignment, const HandedIn& handed_in, const Sandbox& sandbox,
            const Room& room, const std::string& compiler);

}  // namespace heddle::grade
