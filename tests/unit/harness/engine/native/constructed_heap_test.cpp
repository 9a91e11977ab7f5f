#include "harness/engine/native/constructed_heap.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace heddle::native {
namespace {

class ConstructedHeapTest : public testing::Test {
 protected:
  // Too large for a stack frame.
  std::unique_ptr<ConstructedHeap> heap_ = std::make_unique<ConstructedHeap>();
  std::array<int, 4> first_{1, 2, 3, 4};
  std::array<int, 2> second_{5, 6};
};

TEST_F(ConstructedHeapTest, PutsTheContentsOfAllBlocksBack) {
  heap_->add(&second_, sizeof second_);
  heap_->add(&first_, sizeof first_);
  heap_->freeze();
  first_.fill(0);
  second_.fill(0);
  heap_->restore();
  EXPECT_EQ(first_, (std::array{1, 2, 3, 4}));
  EXPECT_EQ(second_, (std::array{5, 6}));
}

TEST_F(ConstructedHeapTest, OwnsBlocksByTheirBeginningAndOnlyOnceFrozen) {
  heap_->add(&first_, sizeof first_);
  EXPECT_FALSE(heap_->owns(&first_));
  heap_->freeze();
  EXPECT_TRUE(heap_->owns(&first_));
  EXPECT_FALSE(heap_->owns(&first_[1]));
  EXPECT_FALSE(heap_->owns(&second_));
  EXPECT_FALSE(heap_->owns(nullptr));
}

TEST_F(ConstructedHeapTest, LeavesABlockAloneThatItsConstructorDeletedAgain) {
  heap_->add(&first_, sizeof first_);
  heap_->add(&second_, sizeof second_);
  heap_->remove(&first_);
  heap_->freeze();
  first_.fill(9);
  second_.fill(9);
  heap_->restore();
  EXPECT_EQ(first_, (std::array{9, 9, 9, 9}));
  EXPECT_EQ(second_, (std::array{5, 6}));
  EXPECT_FALSE(heap_->owns(&first_));
}

TEST_F(ConstructedHeapTest, SaysWhenThereAreTooManyBlocks) {
  for (int i = 0; i < 100'000; ++i) heap_->add(&first_, sizeof first_);
  EXPECT_TRUE(heap_->failed());
}

TEST_F(ConstructedHeapTest, HasNothingToDoWithoutBlocks) {
  heap_->freeze();
  heap_->restore();
  EXPECT_TRUE(heap_->frozen());
  EXPECT_FALSE(heap_->failed());
}

}  // namespace
}  // namespace heddle::native
