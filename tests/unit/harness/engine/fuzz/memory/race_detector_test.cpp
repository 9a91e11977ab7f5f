#include "harness/engine/fuzz/memory/race_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "fuzz/random.h"

namespace heddle {
namespace {

TEST(EpochTest, later_runs_come_after_all_threads_of_earlier_ones) {
  const Epoch last = Epoch::last_of(41);
  EXPECT_FALSE(last < Epoch(Epoch::kMaxThreads, 41));
  EXPECT_LT(last, Epoch(0, 42));
  EXPECT_EQ(Epoch(Epoch::kMaxThreads, 42).thread(), Epoch::kMaxThreads);
  EXPECT_EQ(Epoch(Epoch::kMaxThreads, 42).time(), 42U);
}

// Two detectors see the same accesses, one of them by the short way wherever it is open.
TEST(RaceDetectorTest, the_short_way_records_what_the_long_way_does) {
  constexpr ThreadId kThreads = 3;
  constexpr std::array<std::uint8_t, 4> kMasks{0xff, 0x0f, 0xf0, 0x03};
  Random random(7);
  std::array<ShadowCell, 8> short_cells{};
  std::array<ShadowCell, 8> long_cells{};
  RaceDetector shorter;
  RaceDetector longer;
  std::uint64_t base = 0;
  std::uint64_t taken = 0;
  std::uint64_t races = 0;
  for (int run = 0; run < 200; ++run) {
    shorter.begin_run(base);
    longer.begin_run(base);
    std::array<VectorClock, kThreads> clocks;
    std::array<std::uint64_t, kThreads> times{};
    for (ThreadId thread = 0; thread < kThreads; ++thread) {
      times[thread] = base + 1;
      clocks[thread].set(thread, base + 1);
    }
    for (int step = 0; step < 40; ++step) {
      const auto thread = static_cast<ThreadId>(random.below(kThreads));
      if (random.below(4) == 0) {
        // It learns what another knows, as by a lock that the other gave back.
        const auto other = static_cast<ThreadId>(random.below(kThreads));
        clocks[thread].join(clocks[other]);
        clocks[other].set(other, ++times[other]);
        continue;
      }
      const auto at = static_cast<std::size_t>(random.below(short_cells.size()));
      const std::uint8_t mask = kMasks[random.below(kMasks.size())];
      const bool write = random.below(2) == 0;
      const Address pc = 0x1000 + static_cast<Address>(step);
      const Epoch now(thread, times[thread]);
      ShadowCell* cell = &short_cells[at];
      Race short_race;
      Race long_race;
      shorter.drop_stale(cell);
      bool short_races = false;
      if ((cell->split | cell->reads) == 0 &&
          (write ? shorter.record_ordered<true>(cell, mask, pc, now, clocks[thread])
                 : shorter.record_ordered<false>(cell, mask, pc, now, clocks[thread]))) {
        ++taken;
      } else {
        short_races = write
                          ? shorter.access<true>(cell, mask, pc, now, clocks[thread], short_race)
                          : shorter.access<false>(cell, mask, pc, now, clocks[thread], short_race);
      }
      const bool long_races =
          write ? longer.access<true>(&long_cells[at], mask, pc, now, clocks[thread], long_race)
                : longer.access<false>(&long_cells[at], mask, pc, now, clocks[thread], long_race);
      ASSERT_EQ(short_races, long_races) << "run " << run << ", step " << step;
      races += long_races ? 1 : 0;
      EXPECT_EQ(short_race.first_pc, long_race.first_pc);
      EXPECT_EQ(short_race.first_thread, long_race.first_thread);
    }
    for (const std::uint64_t time : times) base = std::max(base, time);
  }
  // Else nothing was compared.
  EXPECT_GT(taken, 1000U);
  EXPECT_GT(races, 100U);
}

}  // namespace
}  // namespace heddle
