#include "harness/engine/fuzz/verdict/leaks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace heddle {
namespace {

// Blocks of four words, in ascending order, and one word outside them.
class Leaks : public testing::Test {
 protected:
  using Block = std::array<Address, 4>;

  Address of(std::size_t block) const { return reinterpret_cast<Address>(&blocks_[block]); }

  // Each leak as the number of its block and the count of the blocks it holds.
  std::vector<std::pair<std::size_t, std::size_t>> find() {
    std::vector<HeapBlock> blocks;
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (!freed_[i]) blocks.push_back({of(i), sizeof(Block)});
    }
    const auto root = reinterpret_cast<Address>(&root_);
    const MemoryRange roots[] = {{root, root + sizeof root_}};
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (const Leak& leak : find_leaks(roots, blocks)) {
      EXPECT_EQ(leak.held_bytes, leak.held_blocks * sizeof(Block));
      found.emplace_back((leak.block.begin - of(0)) / sizeof(Block), leak.held_blocks);
    }
    return found;
  }

  std::array<Block, 5> blocks_{};
  std::array<bool, 5> freed_{};
  Address root_ = 0;
};

using Found = std::vector<std::pair<std::size_t, std::size_t>>;

TEST_F(Leaks, what_nothing_leads_to_is_leaked) {
  root_ = of(2);
  EXPECT_EQ(find(), (Found{{0, 0}, {1, 0}, {3, 0}, {4, 0}}));
}

TEST_F(Leaks, what_a_reachable_block_leads_to_is_not) {
  root_ = of(4);
  blocks_[4][1] = of(0);
  blocks_[0][3] = of(2);
  EXPECT_EQ(find(), (Found{{1, 0}, {3, 0}}));
}

TEST_F(Leaks, a_pointer_into_the_middle_counts_and_one_behind_the_end_does_not) {
  root_ = of(1) + 17;
  freed_[3] = true;
  blocks_[1][0] = of(3);  // the end of block 2, and where block 3 was
  EXPECT_EQ(find(), (Found{{0, 0}, {2, 0}, {4, 0}}));
}

TEST_F(Leaks, the_head_of_a_lost_list_answers_for_all_of_it) {
  root_ = of(0);
  blocks_[3][0] = of(1);
  blocks_[1][0] = of(4);
  blocks_[4][0] = of(2);
  EXPECT_EQ(find(), (Found{{3, 3}}));
}

TEST_F(Leaks, a_ring_is_one_leak_and_a_block_that_holds_itself_another) {
  root_ = of(0);
  blocks_[1][0] = of(2);
  blocks_[2][0] = of(3);
  blocks_[3][0] = of(1);
  blocks_[4][2] = of(4);
  EXPECT_EQ(find(), (Found{{1, 2}, {4, 0}}));
}

TEST_F(Leaks, two_lost_blocks_with_one_tail_share_it) {
  root_ = of(0);
  blocks_[1][0] = of(3);
  blocks_[2][0] = of(3);
  blocks_[3][0] = of(4);
  EXPECT_EQ(find(), (Found{{1, 2}, {2, 0}}));
}

TEST_F(Leaks, an_empty_heap_has_none) {
  freed_.fill(true);
  EXPECT_EQ(find(), Found{});
}

}  // namespace
}  // namespace heddle
