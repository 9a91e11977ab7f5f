#include "harness/hooks/hidden_memory.h"

#include <gtest/gtest.h>

namespace heddle::hidden_state {
namespace {

std::string name_of(Address address) {
  const auto named = find(address);
  return named.has_value() ? named->text : "";
}

TEST(HiddenMemoryTest, an_address_says_what_it_is) {
  EXPECT_EQ(name_of(kBegin + offsetof(Memory, strtok_place)), "strtok()'s place");
  EXPECT_EQ(name_of(kBegin + offsetof(Memory, broken_down_time) + offsetof(tm, tm_year)),
            "the C library's struct tm");
  EXPECT_EQ(name_of(kBegin + offsetof(Memory, environment)), "the environment");
}

TEST(HiddenMemoryTest, a_file_is_named_by_the_descriptor_that_it_was_opened_as) {
  const Address positions = kBegin + offsetof(Memory, file_positions);
  EXPECT_EQ(name_of(positions), "the position in standard input");
  EXPECT_EQ(name_of(positions + 2 * sizeof(Untold)), "the position in standard error");
  EXPECT_EQ(name_of(positions + 3 * sizeof(Untold)), "the position in file 3");
  EXPECT_EQ(name_of(positions + kPositions * sizeof(Untold)), "the position in a file");
  EXPECT_EQ(name_of(positions + kMemoryStream * sizeof(Untold)),
            "the position in a stream in memory");
  const Address locks = kBegin + offsetof(Memory, stream_locks);
  EXPECT_EQ(name_of(locks + 3 * sizeof(StreamLock)), "the lock of file 3");
}

TEST(HiddenMemoryTest, only_what_a_program_reads_has_a_value) {
  EXPECT_TRUE(find(kBegin + offsetof(Memory, broken_down_time))->has_value);
  EXPECT_FALSE(find(kBegin + offsetof(Memory, strtok_place))->has_value);
  EXPECT_FALSE(find(kBegin + offsetof(Memory, random_numbers))->has_value);
  EXPECT_FALSE(find(kBegin + offsetof(Memory, file_positions))->has_value);
}

TEST(HiddenMemoryTest, other_addresses_are_no_hidden_state) {
  EXPECT_EQ(name_of(0), "");
  EXPECT_EQ(name_of(kBegin - 1), "");
  EXPECT_EQ(name_of(kBegin + sizeof(Memory)), "");
}

}  // namespace
}  // namespace heddle::hidden_state
