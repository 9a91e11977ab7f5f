#include "harness/engine/native/motion_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <vector>

namespace heddle::native {
namespace {

// What a MotionWatch says of one thread that has come back to its state, or has not.
Motion seen_of(bool settled, bool in_circles) {
  const auto slot = std::make_unique<ThreadSlot>();
  const std::array<const ThreadSlot*, 1> slots{slot.get()};
  const std::vector<bool> all_settled{settled};
  MotionWatch watch(getpid());
  watch.see(slots, all_settled);
  if (in_circles) {
    const std::array<std::uint64_t, 2> registers{1, 2};
    for (int i = 0; i < 1'000; ++i) {
      slot->repetition.sample(registers.data(), registers.size());
    }
  }
  return watch.see(slots, all_settled);
}

TEST(MotionWatch, TellsAThreadThatGoesInCircles) {
  EXPECT_EQ(seen_of(false, true), Motion::circles);
}

TEST(MotionWatch, DoesNotKnowOfAThreadThatHasNotSaid) {
  EXPECT_EQ(seen_of(false, false), Motion::unknown);
}

// Then it is Heddle's own code that runs, or the runtime's: before main, or behind it. A run whose
// program had 64 MiB of thread_local data to be put back was a hang.
TEST(MotionWatch, DoesNotKnowWhenNoThreadOfTheProgramRuns) {
  EXPECT_EQ(seen_of(true, false), Motion::unknown);
  MotionWatch watch(getpid());
  watch.see({}, {});
  EXPECT_EQ(watch.see({}, {}), Motion::unknown);
}

}  // namespace
}  // namespace heddle::native
