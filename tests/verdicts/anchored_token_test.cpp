// Anchored tokens, on builds that they are not of.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/model/anchored_token.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

std::string source_of_case(const std::string& folder, const std::string& name) {
  std::ifstream file(HEDDLE_TEST_SOURCE_DIR "/cases/" + folder + '/' + name + ".cpp");
  return {std::istreambuf_iterator<char>(file), {}};
}

// A function and variables before all others, and lines on top.
std::string with_more_before(const std::string& source) {
  const std::size_t last = source.rfind("#include");
  const std::size_t end = source.find('\n', last) + 1;
  return "// A line more.\n// And another.\n" + source.substr(0, end) +
         "\nnamespace added {\nint table[16] = {};\nint sum(int n) {\n  int all = 0;\n"
         "  for (int i = 0; i < n; ++i) all += table[i];\n  return all;\n}\n}  // namespace "
         "added\n" +
         source.substr(end);
}

class Build {
 public:
  std::string operator()(const std::string& name, const std::string& source,
                         const std::string& level) const {
    const std::string file = folder_ / name + ".cpp";
    std::ofstream(file) << source;
    const Ended built = run_process({HEDDLE_TEST_CXX, "-g", level, "-fsanitize=thread", "-w",
                                     "-std=c++20", file, "-o", folder_ / name, "-pthread"});
    EXPECT_EQ(built.status, 0) << built.err;
    return folder_ / name;
  }

  std::string file(const std::string& name) const { return folder_ / name; }

 private:
  TemporaryFolder folder_;
};

std::string anchored_token_of(const std::string& program, const Build& build) {
  const std::string json = build.file("out.json");
  heddle_command({"run", program, "--engine", "fuzz", "--runs", "400", "--report", "json:" + json});
  std::ifstream file(json);
  const auto report = nlohmann::json::parse(file);
  for (const auto& finding : report.at("cases").at(0).at("engines").at(0).at("findings")) {
    if (!finding.at("anchored_token").is_null()) return finding.at("anchored_token");
  }
  return "";
}

struct CaseOf {
  std::string folder;
  std::string name;
};

class AnchoredTokens : public testing::TestWithParam<CaseOf> {};

TEST_P(AnchoredTokens, fail_in_the_same_way_after_an_edit_and_at_other_levels) {
  if (std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos) {
    GTEST_SKIP() << "linked with ThreadSanitizer inside";
  }
  const auto& [folder, name] = GetParam();
  const Build build;
  const std::string source = source_of_case(folder, name);
  ASSERT_FALSE(source.empty());
  const std::string token = anchored_token_of(build(name, source, "-O1"), build);
  ASSERT_TRUE(token.starts_with("h3f-")) << token;
  const auto expect_same = [&](const std::string& program) {
    const Ended again = heddle_command({"replay", token, program});
    EXPECT_EQ(again.status, 1) << token << '\n' << again.err;
    EXPECT_EQ(again.err.find("another way"), std::string::npos) << again.err;
    // What is shown is a token of that build.
    EXPECT_NE(again.out.find("heddle replay h2f-"), std::string::npos) << again.out;
  };
  expect_same(build("edited", with_more_before(source), "-O1"));
  expect_same(build("plain", source, "-O0"));
  expect_same(build("fast", source, "-O2"));
  expect_same(build("both", with_more_before(source), "-O0"));
}

INSTANTIATE_TEST_SUITE_P(OfCases, AnchoredTokens,
                         testing::ValuesIn(std::vector<CaseOf>{
                             {"data_race", "unlocked_counter"},
                             {"queues", "bounded_buffer"},
                             {"atomicity", "check_then_act"},
                             {"deadlock", "lock_order"},
                             {"lost_wakeup", "queue_handoff"},
                             {"heisenbug", "two_deposits"},
                             {"queues", "michael_scott"},
                             {"lost_wakeup", "flag_outside_mutex"},
                             {"data_race", "read_without_lock"},
                             {"deadlock", "three_locks"}}),
                         [](const auto& tested) { return tested.param.name; });

// Every decision that a token of these programs holds is found again in the very build that it is
// of: tries and waits that end otherwise without it, wake-ups, parts of a copy.
class AnchoredTokensOfPrograms : public testing::TestWithParam<std::string> {};

TEST_P(AnchoredTokensOfPrograms, fail_in_the_same_way_in_the_same_build) {
  const Build build;
  const std::string program = program_path("any/" + GetParam());
  const std::string json = build.file("out.json");
  heddle_command(
      {"run", program, "--engine", "fuzz", "--runs", "1000", "--report", "json:" + json});
  std::ifstream file(json);
  const auto report = nlohmann::json::parse(file);
  int tokens = 0;
  for (const auto& finding : report.at("cases").at(0).at("engines").at(0).at("findings")) {
    if (finding.at("anchored_token").is_null()) continue;
    ++tokens;
    const std::string token = finding.at("anchored_token");
    const Ended again = heddle_command({"replay", token, program});
    EXPECT_EQ(again.status, 1) << finding.at("summary") << '\n' << token << '\n' << again.err;
    EXPECT_EQ(again.err.find("another way"), std::string::npos) << token << '\n' << again.err;
  }
  if (tokens == 0) GTEST_SKIP() << "it fails in none of so few runs";
}

std::vector<std::string> wrong_programs() {
  std::vector<std::string> names;
  std::istringstream compilers(HEDDLE_TEST_ANY_COMPILERS);
  for (std::string compiler; std::getline(compilers, compiler, ',');) {
    for (const auto& entry : std::filesystem::directory_iterator(HEDDLE_TEST_SOURCE_DIR
                                                                 "/tests/verdicts/programs/any")) {
      const std::string name = entry.path().stem();
      if (!name.ends_with(".fixed")) names.push_back(compiler + '/' + name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(programs, AnchoredTokensOfPrograms, testing::ValuesIn(wrong_programs()),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::replace(name.begin(), name.end(), '/', '_');
                           return name;
                         });

constexpr char kTurns[] = R"(
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> flag{0};
int reads = 0;

void publish() {
  flag.store(1);
  flag.store(2);
  flag.store(STORES);
}

void look() {
  reads = flag.load();
}

int main() {
  std::thread writer(publish);
  std::thread reader(look);
  writer.join();
  reader.join();
  assert(reads != 2);
  return 0;
}
)";

std::string turns(const std::string& last_store) {
  std::string source = kTurns;
  source.replace(source.find("STORES"), 6, last_store);
  return source;
}

TEST(AnchoredToken, that_does_not_reach_its_departure_says_which_and_shows_nothing) {
  if (std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos) {
    GTEST_SKIP() << "linked with ThreadSanitizer inside";
  }
  const Build build;
  const std::string token = anchored_token_of(build("before", turns("3"), "-O1"), build);
  ASSERT_NE(token, "");
  EXPECT_EQ(heddle_command({"replay", token, build("same", turns("4"), "-O1")}).status, 1);
  // Without the store before which the other thread goes.
  std::string source = turns("3");
  source.erase(source.find("  flag.store(3);\n"), 17);
  const Ended ended = heddle_command({"replay", token, build("without", source, "-O1")});
  EXPECT_EQ(ended.status, 3) << ended.out;
  EXPECT_EQ(ended.out, "");
  EXPECT_NE(ended.err.find("not reached: T1 before `atomic store flag` in publish():3, 1st time"),
            std::string::npos)
      << ended.err;
  const Ended explained = heddle_command({"explain", token, build("without", source, "-O1")});
  EXPECT_EQ(explained.status, 3);
  EXPECT_EQ(explained.out, "");
}

TEST(AnchoredToken, of_what_is_mended_passes) {
  if (std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos) {
    GTEST_SKIP() << "linked with ThreadSanitizer inside";
  }
  const Build build;
  const std::string token = anchored_token_of(build("before", turns("3"), "-O1"), build);
  std::string source = turns("3");
  source.replace(source.find("flag.store(2)"), 13, "flag.store(5)");
  EXPECT_EQ(heddle_command({"replay", token, build("mended", source, "-O1")}).status, 0);
  const Ended explained = heddle_command({"explain", token, build("same", turns("4"), "-O2")});
  EXPECT_EQ(explained.status, 1) << explained.err;
  EXPECT_NE(explained.out.find("After a change"), std::string::npos) << explained.out;
}

TEST(AnchoredToken, of_another_program_does_not_apply) {
  // The default order, of which nothing could be missed.
  const AnchoredToken token{
      .anchors = {}, .kind = FailureKind::assertion, .function = "nowhere_else", .line = 3};
  const Ended ended = heddle_command({"replay", to_text(token), "mutex_counter"});
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("does not apply"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace heddle::verdicts
