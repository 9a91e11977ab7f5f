#include "harness/model/memory_size.h"

#include <gtest/gtest.h>

namespace heddle {
namespace {

TEST(MemoryWords, are_short) {
  EXPECT_EQ(memory_words(0), "0 bytes");
  EXPECT_EQ(memory_words(1023), "1023 bytes");
  EXPECT_EQ(memory_words(1024), "1 KB");
  EXPECT_EQ(memory_words(std::uint64_t{512} << 20), "512 MB");
  EXPECT_EQ(memory_words(std::uint64_t{3} << 29), "1.5 GB");
  EXPECT_EQ(memory_words((std::uint64_t{1} << 30) - 1), "1023 MB");
  EXPECT_EQ(memory_words(~std::uint64_t{0}), "15 EB");
}

TEST(ProgramsShare, is_least_where_most_is_kept_of_each_byte) {
  EXPECT_GT(programs_share(1024, EngineKind::stress), programs_share(1024, EngineKind::fuzz));
  EXPECT_GT(programs_share(1024, EngineKind::fuzz), programs_share(1024, EngineKind::relacy));
}

}  // namespace
}  // namespace heddle
