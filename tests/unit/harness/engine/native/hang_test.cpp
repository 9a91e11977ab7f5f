#include "harness/engine/native/hang.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heddle::native {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

HangDetector::Sample at(std::uint64_t now, std::uint64_t steps, std::uint64_t changes,
                        bool blocked = false, std::uint64_t run = 1) {
  return {.run = run,
          .now_ns = now,
          .cpu_ns = now,
          .steps = steps,
          .changes = changes,
          .all_blocked = blocked};
}

TEST(HangDetector, CallsItBlockedOnlyWhenSeenTwice) {
  HangDetector detector(kSecond, 1'000, false);
  EXPECT_EQ(detector.see(at(1, 10, 10, true)), Verdict::going_on);
  EXPECT_EQ(detector.see(at(2, 10, 10, true)), Verdict::blocked);
}

TEST(HangDetector, CallsItBlockedOnlyWhenAllWereBlockedBothTimes) {
  HangDetector detector(kSecond, 1'000, false);
  EXPECT_EQ(detector.see(at(1, 10, 10, false)), Verdict::going_on);
  EXPECT_EQ(detector.see(at(2, 10, 10, true)), Verdict::going_on);
  EXPECT_EQ(detector.see(at(3, 10, 10, true)), Verdict::blocked);
}

TEST(HangDetector, TakesAStepBetweenTwoBlockedSamplesForProgress) {
  HangDetector detector(kSecond, 1'000, false);
  detector.see(at(1, 10, 10, true));
  EXPECT_EQ(detector.see(at(2, 11, 10, true)), Verdict::going_on);
}

TEST(HangDetector, DoesNotMixRuns) {
  HangDetector detector(kSecond, 1'000, false);
  detector.see(at(1, 10, 10, true, 1));
  EXPECT_EQ(detector.see(at(2, 10, 10, true, 2)), Verdict::going_on);
  EXPECT_EQ(detector.see(at(3, 10, 10, true, 2)), Verdict::blocked);
}

HangDetector::Sample moving(std::uint64_t now, Motion motion) {
  HangDetector::Sample sample = at(now, now, 10);
  sample.motion = motion;
  return sample;
}

TEST(HangDetector, AsksWhatThreadsDoWhenNothingHasChangedForTheTimeLimit) {
  HangDetector detector(kSecond, 1'000'000'000, false);
  detector.see(at(0, 10, 10));
  detector.see(at(kSecond - 1, 500, 10));
  EXPECT_FALSE(detector.asks());
  detector.see(at(kSecond, 900, 10));
  EXPECT_TRUE(detector.asks());
}

TEST(HangDetector, CallsItAStandstillOnlyWhenThreadsAreSeenInCirclesTwice) {
  HangDetector detector(kSecond, 1'000'000'000, false);
  detector.see(at(0, 10, 10));
  detector.see(at(kSecond, 900, 10));
  EXPECT_EQ(detector.see(moving(kSecond + 1, Motion::circles)), Verdict::going_on);
  EXPECT_EQ(detector.see(moving(kSecond + 2, Motion::circles)), Verdict::standstill);
}

TEST(HangDetector, LetsThreadsThatLookAtEverOtherThingsGoOn) {
  HangDetector detector(kSecond, 1'000'000'000, false);
  detector.see(at(0, 10, 10));
  for (std::uint64_t second = 1; second < 2 * HangDetector::kPatience; ++second) {
    EXPECT_EQ(detector.see(moving(second * kSecond, Motion::onward)), Verdict::going_on);
  }
}

TEST(HangDetector, GivesUpOnThreadsOfWhichNobodyKnows) {
  HangDetector detector(kSecond, 1'000'000'000, false);
  detector.see(at(0, 10, 10));
  Verdict verdict = Verdict::going_on;
  std::uint64_t second = 0;
  while (verdict == Verdict::going_on) {
    ++second;
    verdict = detector.see(at(second * kSecond, second, 10));
  }
  EXPECT_EQ(verdict, Verdict::idle);
  EXPECT_EQ(second, HangDetector::kPatience);
  EXPECT_NE(detector.limit_words(verdict).find("--hang-ms"), std::string::npos);
}

TEST(HangDetector, GivesUpSoonerOnThreadsThatAllWaitForSomethingFromOutside) {
  HangDetector detector(kSecond, 1'000'000'000, false);
  HangDetector::Sample sample = at(0, 10, 10);
  detector.see(sample);
  Verdict verdict = Verdict::going_on;
  std::uint64_t second = 0;
  sample.all_asleep = true;
  while (verdict == Verdict::going_on) {
    // As one that sleeps has no processor time.
    sample.now_ns = ++second * kSecond;
    // For a moment one of them was awake.
    sample.all_asleep = second != 3;
    verdict = detector.see(sample);
  }
  EXPECT_EQ(verdict, Verdict::asleep);
  EXPECT_EQ(second, 3 + HangDetector::kAsleepPatience);
  EXPECT_TRUE(HangDetector::is_limit(verdict));
  EXPECT_NE(detector.limit_words(verdict).find("--hang-ms"), std::string::npos);
}

TEST(HangDetector, AsksSoonerWhereAnEarlierRunStoodStill) {
  HangDetector detector(kSecond, 1'000'000'000, true);
  detector.see(at(0, 10, 10));
  detector.see(at(kSecond / 11, 90, 10));
  EXPECT_FALSE(detector.asks());
  detector.see(at(kSecond / 10, 100, 10));
  EXPECT_TRUE(detector.asks());
}

TEST(HangDetector, CountsProcessorTimeAndNotTheWalls) {
  HangDetector detector(kSecond, 1'000'000'000, false);
  HangDetector::Sample sample = at(0, 10, 10);
  detector.see(sample);
  // A machine so busy that the program has had a tenth of it.
  sample.now_ns = 9 * kSecond;
  sample.cpu_ns = kSecond * 9 / 10;
  EXPECT_EQ(detector.see(sample), Verdict::going_on);
  EXPECT_FALSE(detector.asks());
}

TEST(HangDetector, WaitsForWhoHasHadLittleProcessorTimeHoweverLateItIs) {
  HangDetector detector(kSecond, 1'000'000'000, false);
  HangDetector::Sample sample = at(0, 10, 10);
  detector.see(sample);
  sample.now_ns = 2 * HangDetector::kPatience * kSecond;
  sample.cpu_ns = sample.now_ns / 4;
  sample.steps = 20;
  EXPECT_EQ(detector.see(sample), Verdict::going_on);
}

TEST(HangDetector, CountsTheTimeFromTheLastChange) {
  HangDetector detector(kSecond, 1'000, false);
  detector.see(at(0, 10, 10));
  detector.see(at(kSecond / 2, 11, 11));
  detector.see(at(kSecond, 11, 11));
  EXPECT_FALSE(detector.asks());
  detector.see(at(kSecond + kSecond / 2, 11, 11));
  EXPECT_TRUE(detector.asks());
}

TEST(HangDetector, GivesUpOnARunThatChangesThingsBeyondTheStepLimit) {
  HangDetector detector(kSecond, 10, false);
  detector.see(at(0, 10, 10));
  EXPECT_EQ(detector.see(at(1, 10 * HangDetector::kStepFactor + 1, 500)), Verdict::too_many);
}

TEST(HangDetector, GivesUpOnARunThatDoesNotEnd) {
  HangDetector detector(kSecond, 1'000'000'000, false);
  detector.see(at(0, 10, 10));
  Verdict verdict = Verdict::going_on;
  std::uint64_t second = 0;
  while (verdict == Verdict::going_on) {
    ++second;
    verdict = detector.see(at(second * kSecond, second, second));
  }
  EXPECT_EQ(verdict, Verdict::too_long);
  EXPECT_EQ(second, HangDetector::kLongest);
}

TEST(HangDetector, LeavesALoopThatOnlyLooksToTheTimeLimit) {
  HangDetector detector(kSecond, 1'000, false);
  detector.see(at(0, 10, 10));
  EXPECT_EQ(detector.see(at(1, 1'000'000, 10)), Verdict::going_on);
}

StuckThread waiting(ThreadId id, OpKind kind) {
  return {.id = id,
          .op = {.kind = kind, .address = 0x40, .pc = 0x1000 + id},
          .stack = {},
          .waits = true};
}

TEST(DescribeHang, NamesTheHoldersOfAnABBADeadlock) {
  StuckThread a = waiting(1, OpKind::mutex_lock);
  a.holder = 2;
  StuckThread b = waiting(2, OpKind::mutex_lock);
  b.holder = 1;
  StuckThread main = waiting(0, OpKind::thread_join);
  main.op.other = 1;
  const Failed failed = describe_hang(std::vector{main, a, b}, true);
  EXPECT_EQ(failed.kind, FailureKind::deadlock);
  ASSERT_EQ(failed.places.size(), 3U);
  EXPECT_EQ(failed.places[0].thread, 1U);
  EXPECT_EQ(failed.places[0].note, "waits for a mutex held by T2");
  EXPECT_EQ(failed.places[1].note, "waits for a mutex held by T1");
  EXPECT_EQ(failed.places[2].note, "waits for T1 to end");
}

TEST(DescribeHang, SaysThatTheHolderHasEnded) {
  StuckThread a = waiting(0, OpKind::mutex_lock);
  a.holder = 1;
  a.holder_ended = true;
  EXPECT_EQ(describe_hang(std::vector{a}, true).places[0].note,
            "waits for a mutex held by T1, which has ended");
}

TEST(DescribeHang, CallsAMutexHeldByItsOwnWaiterASelfDeadlock) {
  StuckThread a = waiting(1, OpKind::mutex_lock);
  a.holder = 1;
  EXPECT_EQ(describe_hang(std::vector{a}, true).kind, FailureKind::self_deadlock);
}

TEST(DescribeHang, CallsANotificationWithoutAWaiterALostWakeUpAndBlamesTheWaiter) {
  StuckThread main = waiting(0, OpKind::thread_join);
  StuckThread waiter = waiting(1, OpKind::cond_wait);
  waiter.notifier = 2;
  waiter.notifier_pc = 0x77;
  const Failed failed = describe_hang(std::vector{main, waiter}, true);
  EXPECT_EQ(failed.kind, FailureKind::lost_wakeup);
  ASSERT_EQ(failed.places.size(), 3U);
  EXPECT_EQ(failed.places[0].thread, 1U);
  EXPECT_EQ(failed.places[2].thread, 2U);
  EXPECT_EQ(failed.places[2].op.pc, 0x77U);
}

TEST(DescribeHang, CallsAWaiterThatNobodyEverNotifiedADeadlock) {
  EXPECT_EQ(describe_hang(std::vector{waiting(1, OpKind::cond_wait)}, true).kind,
            FailureKind::deadlock);
}

TEST(DescribeHang, PutsTheThreadThatRunsInCirclesFirst) {
  StuckThread runner = waiting(1, OpKind::atomic_load);
  runner.waits = false;
  const Failed failed = describe_hang(std::vector{waiting(0, OpKind::thread_join), runner}, false);
  EXPECT_EQ(failed.kind, FailureKind::hang);
  EXPECT_EQ(failed.places[0].thread, 1U);
}

}  // namespace
}  // namespace heddle::native
