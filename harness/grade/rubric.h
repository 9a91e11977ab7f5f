// What an assignment asks for and what that is worth: the file rubric.json of its folder.
//
//   handout/      what students are given: the text, the broken program, the file for the answers
//   rubric.json   this
//   hidden/       a right solution with its answers; no submission ever gets to see it
//
// rubric.json, an object; only "title", "sources" and "marks" must be there:
//   title       string
//   sources     array of the files of code (.cpp, .cc, .c) that students change and hand in; the
//               first is what a submission of one file is
//   given       array of files that belong to the program too and come from the handout, whatever
//               was handed in under their names
//   answers     name of the file with the answers, lines "NAME = ANSWER"
//   unchanged   array of {"file": one of sources, "from": line, "to": line}: lines of the handout,
//               from 1, both included, that a submission must have as they are
//   hidden_tests  array of files of hidden/, each of which takes the place of main.cpp, one of
//               "given": with other numbers, so that a program that knows those of main.cpp by
//               heart is found out; of a failure in them students are told no more than its kind
//   flags       array of flags of the compiler, beside -g -O1 -fsanitize=thread; -std=c++17
//   budget      {"fuzz", "relacy", "stress", "tsan": runs, 0 for none; "steps": of a fuzz run}
//   parallel    name of a function in which two threads must be at once in some run: one of a
//               file that is given, which other files can call and in which nothing waits, since
//               a thread that waits in it would count as one that works
//   forbidden   array of {"words": [identifiers], "why": string for the student}
//   marks       {"compile", "unchanged", "allowed", "correct", "race_free", "deadlock_free",
//               "parallel", "explanation": whole numbers}; only parts that are named are marked
//   questions   array of {"name", "accept": [answers], "any_order": bool}; each is worth the same
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace heddle::grade {

enum class Part : std::uint8_t {
  compile,        // it builds
  unchanged,      // the tests are as they were
  allowed,        // nothing in it that is forbidden
  correct,        // no run fails an assertion or crashes
  race_free,      // no run has a data race
  deadlock_free,  // every run comes to its end
  parallel,       // two threads work at once
  explanation,    // the questions
};

std::string_view to_string(Part part);  // as in rubric.json
std::string_view title_of(Part part);   // "still in parallel"

struct LineRange {
  std::string file;
  std::size_t from = 0;  // lines of the handout, from 1, both included
  std::size_t to = 0;
};

struct Forbidden {
  std::vector<std::string> words;
  std::string why;
};

struct Question {
  std::string name;
  std::vector<std::string> accept;
  bool any_order = false;  // of the words of an answer
};

// In runs, so that a slow machine gives the same marks as a fast one.
struct Budget {
  std::uint64_t fuzz = 4'000;
  std::uint64_t relacy = 0;
  std::uint64_t stress = 200;
  std::uint64_t tsan = 20;
  std::uint64_t steps = 20'000;
};

// The file whose place Rubric::hidden_tests take.
inline constexpr char kTest[] = "main.cpp";

struct Rubric {
  std::string title;
  std::vector<std::string> sources;
  std::vector<std::string> given;
  std::string answers;  // file name, or empty
  std::vector<LineRange> unchanged;
  std::vector<std::string> hidden_tests;
  std::vector<std::string> flags;
  Budget budget;
  std::string parallel;  // function, or empty
  std::vector<Forbidden> forbidden;
  std::map<Part, std::int64_t> marks;  // in the order in which they are listed
  std::vector<Question> questions;
};

struct Assignment {
  std::string name;  // of its folder
  std::filesystem::path folder;
  Rubric rubric;

  std::filesystem::path handout() const { return folder / "handout"; }
  std::filesystem::path hidden() const { return folder / "hidden"; }
};

struct RubricError {
  std::string message;  // one line
};

bool is_code(const std::string& file);

// Reads FOLDER/rubric.json and checks it against FOLDER/handout.
std::variant<Assignment, RubricError> read_assignment(const std::filesystem::path& folder);

}  // namespace heddle::grade
