#include "harness/report/source_place.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

SourceLine line(const std::string& file, unsigned number, const std::string& function) {
  return {.file = file, .line = number, .function = function, .library_call = {}};
}

TEST(SourcePlace, the_same_line_of_the_same_file_wherever_it_was_built) {
  const SourcePlace place{.file = "/src/pool.cpp", .line = 7, .function = "Pool::run(int)"};
  EXPECT_TRUE(is_at(line("/other/machine/pool.cpp", 7, "Pool::run"), place));
  EXPECT_TRUE(is_at(line("pool.cpp", 7, "run"), place));
  EXPECT_TRUE(is_at(line("pool.cpp", 7, ""), place));
  EXPECT_FALSE(is_at(line("pool.cpp", 8, "Pool::run"), place));
  EXPECT_FALSE(is_at(line("spool.cpp", 7, "Pool::run"), place));
  EXPECT_FALSE(is_at(line("pool.cpp", 7, "Pool::stop"), place));
  EXPECT_FALSE(is_at(SourceLine{}, place));
  EXPECT_EQ(place_text(place), "pool.cpp:7");
}

TEST(SourcePlace, compilers_name_lambdas_each_in_their_way) {
  const SourcePlace place{.file = "a.cpp", .line = 1, .function = "main::$_0::operator()() const"};
  EXPECT_TRUE(is_at(line("a.cpp", 1, "operator()"), place));
  EXPECT_TRUE(is_at(line("a.cpp", 1, "main()::{lambda()#1}::operator()() const"), place));
}

}  // namespace
}  // namespace heddle
