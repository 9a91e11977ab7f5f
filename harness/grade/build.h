// From what was handed in to programs that can be run.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/grade/files.h"
#include "harness/grade/inspection.h"
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
  // The same with each of Rubric::hidden_tests.
  std::vector<std::filesystem::path> hidden_tests;
  Inspected inspected;
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
  const ObjectNames& names() const { return names_; }
  const ObjectNames& original_names() const { return original_names_; }
  bool guards_main() const { return guards_main_; }  // see kGuard

 private:
  TemporaryFolder folder_;
  std::string watched_;
  ObjectNames names_;
  ObjectNames original_names_;
  bool guards_main_ = true;
};

// Lays the program out in `room.folder` and compiles it there with `compiler`, in the sandbox.
// Throws std::runtime_error if there is no room for it.
Built build(const Assignment& assignment, const Given& given, const HandedIn& handed_in,
            const Sandbox& sandbox, const Room& room, const std::string& compiler);

}  // namespace heddle::grade
