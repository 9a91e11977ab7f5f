#include "harness/runtime/program_arguments.h"

#include <gtest/gtest.h>

#include <cstring>

namespace heddle {
namespace {

TEST(ProgramArguments, come_back_as_they_were_in_order_and_in_their_letters) {
  char program[] = "prog";
  char option[] = "--list=a,b";
  char empty[] = "";
  char* argv[] = {program, option, empty, nullptr};
  ProgramArguments arguments;
  arguments.take_snapshot(3, argv);
  for (int run = 0; run < 2; ++run) {
    EXPECT_NE(std::strtok(option, ","), nullptr);
    argv[1] = argv[2];
    argv[2] = nullptr;
    arguments.restore();
    EXPECT_EQ(argv[0], program);
    EXPECT_EQ(argv[1], option);
    EXPECT_EQ(argv[2], empty);
    EXPECT_EQ(argv[3], nullptr);
    EXPECT_STREQ(option, "--list=a,b");
  }
}

}  // namespace
}  // namespace heddle
