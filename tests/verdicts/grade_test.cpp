// Marks of made-up submissions, from end to end: tests/verdicts/submissions/<assignment>/ holds
// them, and expected.csv what each is to get.
#include <gtest/gtest.h>
#include <sys/stat.h>

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
    if (line.ends_with('\r')) line.pop_back();
    if (columns == 0) {
      columns = static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')) - 1;
    }
    // The name, which may be quoted, has no line's end in these tests.
    std::size_t end = 0;
    bool quoted = false;
    for (std::size_t commas = 0; end < line.size(); ++end) {
      if (line[end] == '"') quoted = !quoted;
      if (line[end] == ',' && !quoted && ++commas == columns) break;
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

// As many as a class has, of all kinds.
TEST(GradeClass, IsLargeEnough) {
  std::size_t count = 0;
  for (const auto& assignment :
       std::filesystem::directory_iterator(submissions_folder("counter").parent_path())) {
    for (const auto& entry : std::filesystem::directory_iterator(assignment.path())) {
      count += entry.path().filename() == "expected.csv" ? 0 : 1;
    }
  }
  EXPECT_GE(count, 60U);
}

TEST(GradeTwice, MarksAreTheSame) {
  // Neither search comes to its end within the budget.
  const auto folder = submissions_folder("bank");
  const std::vector<std::string> two = {folder / "half_fixed.cpp", folder / "sleeps.cpp"};
  EXPECT_EQ(marks("bank", two), marks("bank", two));
}

// Names and kinds of files that a folder of submissions should not have, and may: a class is marked
// all the same, and nobody gets what another has written.
class GradeOddFiles : public testing::Test {
 protected:
  GradeOddFiles() { std::filesystem::create_directory(folder_ / "class"); }

  std::string in_class(const std::string& name) const { return folder_ / "class/" + name; }
  std::string put(const std::string& name, const std::string& text) const {
    std::ofstream(in_class(name), std::ios::binary) << text;
    return in_class(name);
  }
  std::string put_link(const std::string& name, const std::string& target) const {
    std::filesystem::create_symlink(target, in_class(name));
    return in_class(name);
  }
  std::string put_folder(const std::string& name) const {
    std::filesystem::create_directory(in_class(name));
    return in_class(name);
  }

  const std::string right_ = text_of(submissions_folder("counter") / "right.cpp");
  const TemporaryFolder folder_;
};

TEST_F(GradeOddFiles, AreMarkedAsWhatTheyAre) {
  const std::string solution = assignment_folder("counter") / "hidden" / "counter.cpp";
  const std::string nothing = "0,14,0,0,0,0,0,0,0";
  const std::string all_but_answers = "11,14,1,1,1,3,3,2,0";
  std::vector<std::string> paths;
  std::vector<std::string> expected;
  const auto expect = [&](const std::string& path, const std::string& student,
                          const std::string& marks) {
    paths.push_back(path);
    expected.push_back(student + ',' + marks);
  };

  expect(put("a_right.cpp", right_), "a_right", all_but_answers);
  expect(put("b_carriage_returns.cpp",
             [&] {
               std::string text = right_;
               for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
                 text.replace(at, 1, "\r\n");
               }
               return text;
             }()),
         "b_carriage_returns", all_but_answers);
  expect(put("c_no_letters.cpp", std::string(3'000, '\xff')), "c_no_letters", nothing);
  expect(put("d_zeros.cpp", std::string(3'000, '\0')), "d_zeros", nothing);
  expect(put("e_too_long.cpp", right_ + "//" + std::string(2 << 20, 'x')), "e_too_long", nothing);
  expect(put_link("f_solution.cpp", solution), "f_solution", nothing);
  expect(put_link("g_another.cpp", in_class("a_right.cpp")), "g_another", nothing);
  expect(put_link("h_leads_nowhere.cpp", in_class("nobody.cpp")), "h_leads_nowhere", nothing);
  // To hide what these lead to would leave nothing to mark with.
  expect(put_link("i_compiler.cpp", "/usr/bin/g++"), "i_compiler", nothing);
  expect(put_link("j_system", "/usr"), "j_system", nothing);
  expect(put_folder("k_empty_folder"), "k_empty_folder", nothing);
  put_folder("l_link_inside");
  put_link("l_link_inside/counter.cpp", solution);
  expect(in_class("l_link_inside"), "l_link_inside", nothing);
  put_folder("m_folder_inside");
  put_folder("m_folder_inside/counter.cpp");
  expect(in_class("m_folder_inside"), "m_folder_inside", nothing);
  put_folder("n_pipe_inside");
  ASSERT_EQ(mkfifo(in_class("n_pipe_inside/counter.cpp").c_str(), 0600), 0);
  expect(in_class("n_pipe_inside"), "n_pipe_inside", nothing);
  expect(put("o_includes_another.cpp", "#include \"" + in_class("a_right.cpp") + "\"\n"),
         "o_includes_another", nothing);
  expect(put("p_\xff\xfe.cpp", right_), "p_??", all_but_answers);
  expect(put("q \"the, best\".cpp", right_), R"("q ""the, best""")", all_but_answers);
  const auto lines = marks("counter", paths);
  ASSERT_EQ(lines.size(), expected.size() + 1);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(lines[i + 1], expected[i]);
}

// What no formatter would leave as it is: the compiler reads an asm where others do not see one.
TEST_F(GradeOddFiles, CodeIsWhatTheCompilerReads) {
  const auto with = [](const std::string& before, const std::string& count) {
    return "#include \"counter.h\"\n" + before + "static int counted = 0;\n" +
           "void let_in(int visitor) {\n  welcome(visitor);\n" + count + "}\n" +
           "int visitors() { return counted; }\n";
  };
  const std::string count = R"(m volatile("incl %0" : "+m"(counted));)";
  const std::string ending = "\nstatic_cast<void>(text);\n";
  std::vector<std::string> paths;
  paths.push_back(put("a_split.cpp", with("", "as\\\n" + count)));
  paths.push_back(put("b_split_with_blanks.cpp", with("", "as\\ \t\n" + count)));
  paths.push_back(
      put("c_pasted.cpp", with("#define WORD(a, b) a##b\n", "WORD(as, m)" + count.substr(1))));
  paths.push_back(put("d_other_sign.cpp",
                      with("%:define WORD as%:%:m\n%:define COUNT as##m\n", "as\\\n" + count)));
  paths.push_back(put("e_no_raw_literal.cpp",
                      with("#define NOR \"\"\n", "const char* text = NOR\"(\";\nas" + count +
                                                     "\ntext = \")\";" + ending)));
  // In a raw literal no line goes on: it ends after the asm for who thinks so.
  paths.push_back(put("f_raw_literal.cpp",
                      with("", "const char* text = R\"x( )x\\\n\" )x\"; as" + count + ending)));
  paths.push_back(put("g_says_it_is_elsewhere.cpp",
                      with("#define WORD(a, b) a##b\n# 1 \"/usr/include/stdio.h\" 1 3 4\n",
                           "WORD(as, m)" + count.substr(1))));
  paths.push_back(
      put("h_comes_by_another_name.cpp",
          "#ifndef ONCE\n#define ONCE\n#include \"/proc/self/cwd/counter.cpp\"\n#else\n" +
              with("#define WORD(a, b) a##b\n", "WORD(as, m)" + count.substr(1)) + "#endif\n"));
  const auto lines = marks("counter", paths);
  ASSERT_EQ(lines.size(), paths.size() + 1);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    EXPECT_TRUE(lines[i + 1].ends_with(",1,14,1,0,0,0,0,0,0")) << lines[i + 1];
  }
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
