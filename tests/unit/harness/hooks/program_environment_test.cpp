#include "harness/hooks/program_environment.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace heddle {
namespace {

TEST(ProgramEnvironment, variables_come_back_whichever_way_they_were_changed) {
  setenv("HEDDLE_TEST_KEPT", "before", 1);
  // Other tests have the array that it puts in place.
  static ProgramEnvironment environment;
  environment.take_snapshot();
  for (int run = 0; run < 2; ++run) {
    SCOPED_TRACE(run);
    EXPECT_EQ(std::getenv("HEDDLE_TEST_NEW"), nullptr);
    ASSERT_NE(std::getenv("HEDDLE_TEST_KEPT"), nullptr);
    EXPECT_EQ(std::string(std::getenv("HEDDLE_TEST_KEPT")), "before");
    char moved[] = "HEDDLE_TEST_KEPT=moved";
    putenv(moved);
    unsetenv("HEDDLE_TEST_KEPT");
    setenv("HEDDLE_TEST_NEW", "1", 1);
    environment.restore();
  }
  clearenv();
  EXPECT_EQ(std::getenv("HEDDLE_TEST_KEPT"), nullptr);
  environment.restore();
  EXPECT_NE(std::getenv("HEDDLE_TEST_KEPT"), nullptr);
}

}  // namespace
}  // namespace heddle
