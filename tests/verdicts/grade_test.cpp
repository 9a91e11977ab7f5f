// Marks of made-up submissions, from end to end: tests/verdicts/submissions/<assignment>/ holds
// them, and expected.csv what each is to get.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::filesystem::path assignment_folder(const std::string& name) {
  return std::filesystem::path(HEDDLE_TEST_SOURCE_DIR) / "cases" / "assignments" / name;
}

std::filesystem::path submissions_folder(const std::string& assignment) {
  return std::filesystem::path(HEDDLE_TEST_SOURCE_DIR) / "tests" / "verdicts" / "submissions" /
         assignment;
}

// The command's CSV, without the last two columns, which hold words.
std::vector<std::string> marks(const std::string& assignment,
                               const std::vector<std::string>& submissions) {
  const TemporaryFolder folder;
  const std::string csv = folder / "marks.csv";
  std::vector<std::string> args = {"grade", assignment, "--report", "csv:" + csv};
  args.insert(args.end(), submissions.begin(), submissions.end());
  const Ended ended = heddle_command(args);
  EXPECT_EQ(ended.status, 0) << ended.err;
  std::vector<std::string> lines;
  std::istringstream in(text_of(csv));
  std::size_t columns = 0;
  for (std::string line; std::getline(in, line);) {
    if (columns == 0) {
      columns = static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')) - 1;
    }
    std::size_t end = 0;
    for (std::size_t i = 0; i < columns && end != std::string::npos; ++i) {
      end = line.find(',', end == 0 ? 0 : end + 1);
    }
    lines.push_back(line.substr(0, end));
  }
  return lines;
}

class Grade : public testing::TestWithParam<const char*> {
 protected:
  std::vector<std::string> submissions() const {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(submissions_folder(GetParam()))) {
      if (entry.path().filename() != "expected.csv") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end(), [](const auto& a, const auto& b) {
      return std::filesystem::path(a).stem() < std::filesystem::path(b).stem();
    });
    return paths;
  }
};

TEST_P(Grade, MarksAreAsIntended) {
  std::vector<std::string> expected;
  std::istringstream in(text_of(submissions_folder(GetParam()) / "expected.csv"));
  for (std::string line; std::getline(in, line);) expected.push_back(line);
  EXPECT_EQ(marks(GetParam(), submissions()), expected);
}

TEST_P(Grade, SolutionGetsAllMarksAndHandoutNone) {
  const auto folder = assignment_folder(GetParam());
  const auto lines = marks(GetParam(), {folder / "hidden", folder / "handout"});
  ASSERT_EQ(lines.size(), 3U);
  std::istringstream in(lines[1]);
  std::string student;
  std::string score;
  std::string most;
  std::getline(in, student, ',');
  std::getline(in, score, ',');
  std::getline(in, most, ',');
  EXPECT_EQ(score, most) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("handout,0,")) << lines[2];
}

INSTANTIATE_TEST_SUITE_P(Assignments, Grade,
                         testing::Values("counter", "bank", "buffer", "readers", "pool",
                                         "philosophers", "singleton", "ring"),
                         [](const auto& assignment) { return std::string(assignment.param); });

TEST(GradeTwice, MarksAreTheSame) {
  // Neither search comes to its end within the budget.
  const auto folder = submissions_folder("bank");
  const std::vector<std::string> two = {folder / "half_fixed.cpp", folder / "sleeps.cpp"};
  EXPECT_EQ(marks("bank", two), marks("bank", two));
}

TEST(GradeSandbox, SolutionIsOutOfReach) {
  const TemporaryFolder folder;
  const std::string cheat = folder / "cheat.cpp";
  std::ofstream(cheat) << "#include \"" << assignment_folder("counter").string()
                       << "/hidden/counter.cpp\"\n";
  const auto lines = marks("counter", {cheat});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1], "cheat,0,14,0,0,0,0,0,0,0");
}

}  // namespace
}  // namespace heddle::verdicts
