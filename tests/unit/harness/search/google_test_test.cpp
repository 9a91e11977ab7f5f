#include "harness/search/google_test.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

using Names = std::vector<std::string>;

TEST(GoogleTestList, a_test_is_named_by_its_suite_and_itself) {
  const TestList list = parse_test_list("Queue.\n  Push\n  Pop\nStack.\n  Push\n");
  EXPECT_EQ(list.tests, (Names{"Queue.Push", "Queue.Pop", "Stack.Push"}));
  EXPECT_EQ(list.disabled, 0U);
}

TEST(GoogleTestList, typed_and_parameterised_tests_lose_only_the_remarks) {
  const TestList list = parse_test_list(
      "Queue/0.  # TypeParam = std::vector<int>\n"
      "  Push\n"
      "Sizes/Queue.\n"
      "  Push/0  # GetParam() = 1\n"
      "  Push/large  # GetParam() = (3, \"a  # b\")\n"
      "Sizes/My/Queue/int.  # TypeParam = int\n"
      "  Pop\n");
  EXPECT_EQ(list.tests, (Names{"Queue/0.Push", "Sizes/Queue.Push/0", "Sizes/Queue.Push/large",
                               "Sizes/My/Queue/int.Pop"}));
}

TEST(GoogleTestList, disabled_tests_are_counted_and_not_listed) {
  const TestList list = parse_test_list(
      "Queue.\n  DISABLED_Push\n  Pop\n  NotDISABLED_\n"
      "DISABLED_Stack.\n  Push\n"
      "Sizes/DISABLED_Ring.\n  Push/0  # GetParam() = 1\n"
      "Sizes/Ring.\n  DISABLED_Push/0  # GetParam() = 1\n");
  EXPECT_EQ(list.tests, (Names{"Queue.Pop", "Queue.NotDISABLED_"}));
  EXPECT_EQ(list.disabled, 4U);
}

TEST(GoogleTestList, what_else_the_program_says_is_no_test) {
  const TestList list = parse_test_list(
      "Running main() from ./googletest/src/gtest_main.cc\n"
      "  an indented line before any suite\n"
      "  word\n"
      "reading settings.\n"
      "  word\n"
      "Queue.\n"
      "  Push\n"
      "done\n"
      "  word");
  EXPECT_EQ(list.tests, Names{"Queue.Push"});
}

TEST(GoogleTestList, nothing_and_a_missing_end_of_line_are_no_error) {
  EXPECT_TRUE(parse_test_list("").tests.empty());
  EXPECT_TRUE(parse_test_list("\n\n").tests.empty());
  EXPECT_TRUE(parse_test_list("Queue.").tests.empty());
  EXPECT_EQ(parse_test_list("Queue.\n  Push").tests, Names{"Queue.Push"});
}

TEST(GoogleTestFailure, the_first_failed_assertion_is_one_line) {
  EXPECT_EQ(first_test_failure("Running main() from gtest_main.cc\n"
                               "/src/tests/counter_tests.cpp:13: Failure\n"
                               "Expected equality of these values:\n"
                               "  counter\n"
                               "    Which is: 1\n"
                               "  2\n"
                               "[  FAILED  ] Counter.CountsEachOnce (0 ms)\n"
                               "/src/tests/counter_tests.cpp:14: Failure\nlater\n"),
            "counter_tests.cpp:13: Expected equality of these values: counter Which is: 1 2");
  EXPECT_EQ(first_test_failure("a.cc:1: Failure\nFailed\n\na.cc:2: Failure\nother\n"),
            "a.cc:1: Failed");
  EXPECT_EQ(first_test_failure("a.cc:1: Failure\na.cc:2: Failure\nother\n"), "a.cc:1:");
}

TEST(GoogleTestFailure, output_without_one_is_empty) {
  EXPECT_EQ(first_test_failure(""), "");
  EXPECT_EQ(first_test_failure("[  PASSED  ] 1 test.\nFailure\n"), "");
}

TEST(GoogleTestFailure, a_long_one_is_cut) {
  const std::string said = first_test_failure("a.cc:1: Failure\n" + std::string(1'000, 'x'));
  EXPECT_EQ(said.size(), 303U);
  EXPECT_TRUE(said.ends_with("x..."));
}

TEST(GoogleTestArgument, a_name_is_no_pattern) {
  EXPECT_EQ(google_test_argument("Sizes/Queue.Push/0"), "--gtest_filter=Sizes/Queue.Push/0");
  EXPECT_EQ(google_test_argument("Queue/std::pair<int*,-1>.Push"),
            "--gtest_filter=Queue/std??pair<int?,?1>.Push");
}

TEST(QuietGoogleTest, nothing_is_inherited_that_chooses_tests_or_writes_files) {
  ASSERT_EQ(setenv("GTEST_OUTPUT", "xml:out.xml", 1), 0);
  ASSERT_EQ(setenv("XML_OUTPUT_FILE", "out.xml", 1), 0);
  ASSERT_EQ(setenv("GTEST_BRIEF", "0", 1), 0);
  ASSERT_EQ(setenv("HEDDLE_TEST_KEPT", "yes", 1), 0);
  Environment environment;
  for (const char* name : {"GTEST_OUTPUT", "XML_OUTPUT_FILE", "GTEST_BRIEF", "HEDDLE_TEST_KEPT"}) {
    unsetenv(name);
  }
  quiet_google_test(environment);
  std::vector<std::string> found;
  for (const char* entry : environment.pointers()) {
    const std::string text = entry == nullptr ? "" : entry;
    if (text.starts_with("GTEST_") || text.starts_with("XML_") ||
        text.starts_with("HEDDLE_TEST_KEPT")) {
      found.push_back(text);
    }
  }
  EXPECT_EQ(found, (Names{"HEDDLE_TEST_KEPT=yes", "GTEST_BRIEF=1", "GTEST_COLOR=no"}));
}

}  // namespace
}  // namespace heddle
