#include "harness/engine/native/stuck_threads.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

namespace heddle::native {
namespace {

constexpr Address kCond = 0x100;
constexpr Address kMutex = 0x200;

class StuckThreads : public testing::Test {
 protected:
  void SetUp() override {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      slots_[i].life = Life::running;
      slots_[i].tid = static_cast<std::int32_t>(500 + i);
      slots_[i].handle = 9'000 + i;
      pointers_.push_back(&slots_[i]);
    }
  }

  std::vector<StuckThread> collect(std::int32_t owner) {
    return collect_stuck(
        pointers_, std::vector<bool>(slots_.size(), true),
        [owner](Address) { return std::optional(owner); }, log_);
  }

  std::array<ThreadSlot, 3> slots_{};
  std::vector<const ThreadSlot*> pointers_;
  NotificationLog log_{};
};

TEST_F(StuckThreads, ALostNotificationIsRememberedUntilOneIsHeard) {
  log_.notified(kCond, false, 2, 0x55);
  ASSERT_TRUE(log_.lost(kCond).has_value());
  EXPECT_EQ(log_.lost(kCond)->who, 2U);
  EXPECT_EQ(log_.lost(kCond)->pc, 0x55U);
  log_.notified(kCond, true, 1, 0x66);
  EXPECT_FALSE(log_.lost(kCond).has_value());
}

TEST_F(StuckThreads, OneConditionVariablesLossIsNotAnothers) {
  log_.notified(kCond, false, 2, 0x55);
  EXPECT_FALSE(log_.lost(kCond + 8).has_value());
}

TEST_F(StuckThreads, AResetForgetsLosses) {
  log_.notified(kCond, false, 2, 0x55);
  log_.reset();
  EXPECT_FALSE(log_.lost(kCond).has_value());
}

TEST_F(StuckThreads, AFullLogDropsLossesAndKeepsThoseItHas) {
  for (Address cond = 1; cond <= 1'000; ++cond) log_.notified(cond, false, 1, cond);
  EXPECT_EQ(log_.lost(1)->pc, 1U);
  EXPECT_FALSE(log_.lost(1'000).has_value());
}

TEST_F(StuckThreads, OnlyARunningThreadWaits) {
  slots_[1].note(OpKind::cond_wait, kCond, 0x10);
  EXPECT_TRUE(anyone_waits(pointers_, kCond));
  EXPECT_FALSE(anyone_waits(pointers_, kMutex));
  slots_[1].life = Life::ended;
  EXPECT_FALSE(anyone_waits(pointers_, kCond));
}

TEST_F(StuckThreads, TheHolderOfAMutexIsFoundByItsKernelNumber) {
  slots_[1].note(OpKind::mutex_lock, kMutex, 0x10);
  const auto stuck = collect(502);
  ASSERT_EQ(stuck.size(), 3U);
  EXPECT_EQ(stuck[1].holder, 2U);
  EXPECT_FALSE(stuck[1].holder_ended);
}

TEST_F(StuckThreads, AnEndedHolderIsNamedButNotListed) {
  slots_[1].note(OpKind::mutex_lock, kMutex, 0x10);
  slots_[2].life = Life::ended;
  const auto stuck = collect(502);
  ASSERT_EQ(stuck.size(), 2U);
  EXPECT_EQ(stuck[1].holder, 2U);
  EXPECT_TRUE(stuck[1].holder_ended);
}

TEST_F(StuckThreads, AMutexWithoutAnOwnerHasNoHolder) {
  slots_[1].note(OpKind::mutex_lock, kMutex, 0x10);
  EXPECT_EQ(collect(0)[1].holder, kNoThread);
}

TEST_F(StuckThreads, AJoinNamesTheThreadOfThatHandle) {
  slots_[0].note(OpKind::thread_join, 9'002, 0x10);
  EXPECT_EQ(collect(0)[0].op.other, 2U);
}

TEST(ThreadSlot, KeepsItsStackThroughCallsDeeperThanItHasRoomFor) {
  ThreadSlot slot{};
  for (Address i = 1; i <= kMaxFrames + 10; ++i) slot.enter(i);
  EXPECT_EQ(slot.stack().size(), kMaxFrames);
  for (int i = 0; i < 10; ++i) slot.leave();
  EXPECT_EQ(slot.stack().front(), kMaxFrames);
  slot.leave();
  EXPECT_EQ(slot.stack().front(), kMaxFrames - 1);
}

TEST(ThreadSlot, ReturnsBeyondItsFirstFrameDoNothing) {
  ThreadSlot slot{};
  slot.leave();
  slot.enter(7);
  EXPECT_EQ(slot.stack(), std::vector<Address>{7});
}

}  // namespace
}  // namespace heddle::native
