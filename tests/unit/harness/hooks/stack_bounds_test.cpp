#include "harness/hooks/stack_bounds.h"

#include <gtest/gtest.h>

#include <vector>

namespace heddle {
namespace {

class GivenStack : public testing::Test {
 protected:
  GivenStack() { pthread_attr_init(&attributes_); }
  ~GivenStack() override { pthread_attr_destroy(&attributes_); }

  pthread_attr_t attributes_{};
  std::vector<char> room_ = std::vector<char>(2 * kLeastGivenStack);
};

TEST_F(GivenStack, is_none_without_attributes) {
  EXPECT_EQ(given_stack(nullptr).size, 0U);
}

TEST_F(GivenStack, is_none_where_only_a_size_is_asked_for) {
  EXPECT_EQ(given_stack(&attributes_).size, 0U);
  pthread_attr_setstacksize(&attributes_, room_.size());
  EXPECT_EQ(given_stack(&attributes_).size, 0U);
}

TEST_F(GivenStack, is_where_the_program_says) {
  pthread_attr_setstack(&attributes_, room_.data(), room_.size());
  const StackBounds bounds = given_stack(&attributes_);
  EXPECT_EQ(bounds.begin, reinterpret_cast<Address>(room_.data()));
  EXPECT_EQ(bounds.end(), reinterpret_cast<Address>(room_.data() + room_.size()));
}

TEST_F(GivenStack, is_none_that_is_too_small) {
  pthread_attr_setstack(&attributes_, room_.data(), kLeastGivenStack - 1);
  EXPECT_EQ(given_stack(&attributes_).size, 0U);
}

}  // namespace
}  // namespace heddle
