#include "harness/search/memory_watch.h"

#include <gtest/gtest.h>

#include <sstream>

namespace heddle {
namespace {

constexpr char kMaps[] =
    "100000000000-100004000000 rw-p 00000000 00:00 0 \n"
    "Size:              65536 kB\nRss:               30 kB\nPss:               20 kB\n"
    "VmFlags: rd wr mr\n"
    "0fffd0000000-0fffd4000000 rw-p 00000000 00:00 0 \n"
    "Pss:               400 kB\n"
    "300000000000-300000001000 rw-p 00000000 00:00 0 \n"
    "Pss:               4 kB\n"
    "7b0000000000-7b0004000000 rw-p 00000000 00:00 0 \n"
    "Pss:               1 kB\n";

constexpr std::uint64_t kKilobyte = 1024;

TEST(MemoryWatch, tells_the_programs_memory_by_where_it_lies) {
  std::istringstream maps(kMaps);
  const MemoryUse use = memory_use_of(maps, EngineKind::fuzz);
  EXPECT_EQ(use.total, 425 * kKilobyte);
  EXPECT_EQ(use.programs, 24 * kKilobyte);
}

TEST(MemoryWatch, takes_all_but_its_shadow_for_the_programs_under_tsan) {
  std::istringstream maps(kMaps);
  const MemoryUse use = memory_use_of(maps, EngineKind::tsan);
  EXPECT_EQ(use.total, 425 * kKilobyte);
  EXPECT_EQ(use.programs, 1 * kKilobyte);
}

}  // namespace
}  // namespace heddle
