#include "harness/engine/fuzz/memory/racy_set.h"

#include <gtest/gtest.h>

#include <vector>

namespace heddle {
namespace {

TEST(RacySetTest, a_run_forgets_what_the_one_before_learned) {
  RacySet set;
  const std::vector<Address> known{0x401000, 0x401004};
  set.begin_job(known);
  EXPECT_FALSE(set.has_learned());
  EXPECT_FALSE(set.add(0x401004));
  EXPECT_TRUE(set.add(0x402000));
  EXPECT_TRUE(set.contains(0x402000));
  EXPECT_TRUE(set.has_learned());
  set.begin_run();
  EXPECT_FALSE(set.has_learned());
  EXPECT_FALSE(set.contains(0x402000));
  EXPECT_TRUE(set.contains(0x401000));
}

// Far more than there is room for at first, and many that share their places.
TEST(RacySetTest, contains_exactly_what_was_added) {
  RacySet set;
  set.begin_job({});
  for (Address pc = 0x400000; pc < 0x400000 + 3 * 20'000; pc += 3) EXPECT_TRUE(set.add(pc));
  for (Address pc = 0x400000; pc < 0x400000 + 3 * 20'000; ++pc) {
    EXPECT_EQ(set.contains(pc), (pc - 0x400000) % 3 == 0);
    if (set.contains(pc)) {
      EXPECT_TRUE(set.may_contain(pc));
    }
  }
}

}  // namespace
}  // namespace heddle
