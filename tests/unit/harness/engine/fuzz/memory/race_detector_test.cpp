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
      RaceList short_races;
      RaceList long_races;
      shorter.drop_stale(cell);
      if ((cell->split | cell->reads) == 0 &&
          (write ? shorter.record_ordered<true>(cell, mask, pc, now, clocks[thread])
                 : shorter.record_ordered<false>(cell, mask, pc, now, clocks[thread]))) {
        ++taken;
      } else if (write) {
        shorter.access<true>(cell, mask, pc, now, clocks[thread], short_races);
      } else {
        shorter.access<false>(cell, mask, pc, now, clocks[thread], short_races);
      }
      if (write) {
        longer.access<true>(&long_cells[at], mask, pc, now, clocks[thread], long_races);
      } else {
        longer.access<false>(&long_cells[at], mask, pc, now, clocks[thread], long_races);
      }
      ASSERT_EQ(short_races.empty(), long_races.empty()) << "run " << run << ", step " << step;
      races += long_races.empty() ? 0 : 1;
      EXPECT_TRUE(std::equal(short_races.begin(), short_races.end(), long_races.begin(),
                             long_races.end(), [](const Race& a, const Race& b) {
                               return a.first_pc == b.first_pc && a.first_thread == b.first_thread;
                             }));
    }
    for (const std::uint64_t time : times) base = std::max(base, time);
  }
  // Else nothing was compared.
  EXPECT_GT(taken, 1000U);
  EXPECT_GT(races, 100U);
}

// Two variables of one thread in the same 8 bytes, and a thread that knows nothing of it.
std::vector<Address> partners_of_a_wide_write(bool exact) {
  RaceDetector detector;
  detector.begin_run(0);
  detector.be_exact(exact);
  ShadowCell cell;
  VectorClock first;
  VectorClock second;
  first.set(0, 1);
  second.set(1, 1);
  RaceList races;
  detector.access<true>(&cell, 0x0f, 0x1001, Epoch(0, 1), first, races);
  detector.access<true>(&cell, 0xf0, 0x1002, Epoch(0, 1), first, races);
  EXPECT_TRUE(races.empty());
  detector.access<true>(&cell, 0xff, 0x1003, Epoch(1, 1), second, races);
  std::vector<Address> partners;
  for (const Race& race : races) partners.push_back(race.first_pc);
  partners.erase(std::unique(partners.begin(), partners.end()), partners.end());
  return partners;
}

TEST(RaceDetector, an_access_that_races_with_several_has_all_of_them) {
  EXPECT_EQ(partners_of_a_wide_write(true), (std::vector<Address>{0x1001, 0x1002}));
}

TEST(RaceDetector, a_write_races_with_each_of_several_readers_that_it_does_not_know) {
  RaceDetector detector;
  detector.begin_run(0);
  ShadowCell cell;
  RaceList races;
  std::array<VectorClock, 4> clocks;
  for (ThreadId reader = 0; reader < 3; ++reader) {
    clocks[reader].set(reader, 1);
    detector.access<false>(&cell, 0xff, 0x1000 + reader, Epoch(reader, 1), clocks[reader], races);
  }
  EXPECT_TRUE(races.empty());
  clocks[3].set(3, 1);
  clocks[3].join(clocks[1]);
  detector.access<true>(&cell, 0xff, 0x2000, Epoch(3, 1), clocks[3], races);
  std::vector<std::pair<ThreadId, Address>> partners;
  for (const Race& race : races) partners.emplace_back(race.first_thread, race.first_pc);
  std::sort(partners.begin(), partners.end());
  EXPECT_EQ(partners, (std::vector<std::pair<ThreadId, Address>>{{0, 0x1000}, {2, 0x1002}}));
}

TEST(RaceDetector, where_it_does_not_know_which_code_it_was_it_says_so) {
  EXPECT_EQ(partners_of_a_wide_write(false),
            (std::vector<Address>{0x1002 | CodeAndBytes::kMerged}));
}

}  // namespace
}  // namespace heddle
