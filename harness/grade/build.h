// From what was handed in to programs that can be run.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/grade/files.h"
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

// The files that are given, compiled once for a class.
class Given {
 public:
  // Throws std::runtime_error where they do not compile, or Rubric::parallel is none of their
  // functions.
  Given(const Assignment& assignment, const Sandbox& sandbox, Room room,
        const std::string& compiler);

  const std::filesystem::path& folder() const { return folder_.path(); }
  const std::string& watched() const { return watched_; }  // the symbol of Rubric::parallel

 private:
  TemporaryFolder folder_;
  std::string watched_;
};

// Lays the program out in `room.folder` and compiles it there with `compiler`, in the sandbox.
// Throws std::runtime_error if there is no room for it.
Built build(const Assignment& assignment, const Given& given, const HandedIn& handed_in,
            const Sandbox& sandbox, const Room& room, const std::string& compiler);

}  // namespace heddle::grade
