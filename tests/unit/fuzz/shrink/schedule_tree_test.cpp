#include "fuzz/shrink/schedule_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace heddle {
namespace {

std::vector<Candidate> children_of(const Candidate& candidate) {
  std::vector<Candidate> result;
  rc::Seq<Candidate> children = simpler(candidate);
  while (const auto child = children.next()) result.push_back(*child);
  return result;
}

Candidate candidate(std::vector<Deviation> deviations) {
  Candidate result;
  result.schedule.deviations = std::move(deviations);
  return result;
}

bool is_child(const std::vector<Candidate>& children, const Schedule& schedule) {
  return std::any_of(children.begin(), children.end(),
                     [&](const Candidate& child) { return child.schedule == schedule; });
}

std::vector<Deviation> five() {
  return {{0, 3, 1}, {1, 2, 2}, {2, 9, 0}, {0, 8, 2}, {1, 6, 0}};
}

TEST(ScheduleTree, the_empty_schedule_is_a_leaf) {
  EXPECT_TRUE(children_of({}).empty());
}

TEST(ScheduleTree, the_first_child_of_the_root_is_the_default_schedule) {
  EXPECT_TRUE(children_of(candidate(five())).front().schedule.deviations.empty());
}

TEST(ScheduleTree, chunks_come_before_single_deviations) {
  const auto children = children_of(candidate(five()));
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < 9; ++i) sizes.push_back(children[i].schedule.deviations.size());
  // All five; two, two and the last; each one.
  EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 3, 3, 4, 4, 4, 4, 4, 4}));
}

TEST(ScheduleTree, a_node_goes_on_where_its_parent_was) {
  const std::vector<Deviation> all = five();
  const Candidate second_pair = children_of(candidate(all))[2];
  EXPECT_EQ(second_pair.schedule.deviations, (std::vector<Deviation>{all[0], all[1], all[4]}));
  // The pair at the same place now is the last deviation alone, not the first two again.
  EXPECT_EQ(children_of(second_pair).front().schedule.deviations,
            (std::vector<Deviation>{all[0], all[1]}));
}

TEST(ScheduleTree, every_node_has_all_schedules_of_one_deviation_less) {
  const std::vector<Deviation> all = five();
  for (const auto phase : {Candidate::Phase::removing, Candidate::Phase::simplifying}) {
    for (std::size_t chunk = 0; chunk < 8; ++chunk) {
      for (std::size_t position = 0; position < 8; ++position) {
        Candidate node = candidate(all);
        node.phase = phase;
        node.chunk = chunk;
        node.position = position;
        const auto children = children_of(node);
        for (std::size_t i = 0; i < all.size(); ++i) {
          Schedule fewer{all};
          fewer.deviations.erase(fewer.deviations.begin() + static_cast<std::ptrdiff_t>(i));
          EXPECT_TRUE(is_child(children, fewer)) << chunk << " " << position << " " << i;
        }
      }
    }
  }
}

TEST(ScheduleTree, a_simplifying_node_goes_around_to_the_deviations_before_its_place) {
  Candidate node = candidate(five());
  node.phase = Candidate::Phase::simplifying;
  node.position = 3;
  const auto children = children_of(node);
  for (std::size_t i = 0; i < five().size(); ++i) {
    Schedule earlier{five()};
    --earlier.deviations[i].step;
    EXPECT_TRUE(is_child(children, earlier)) << i;
  }
}

TEST(ScheduleTree, each_child_is_simpler_than_its_parent) {
  const std::vector<Deviation> all = five();
  for (const Candidate& child : children_of(candidate(all))) {
    const auto& deviations = child.schedule.deviations;
    if (deviations.size() < all.size()) continue;
    ASSERT_EQ(deviations.size(), all.size());
    int changed = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(deviations[i].thread, all[i].thread);
      EXPECT_LE(deviations[i].step, all[i].step);
      EXPECT_GE(deviations[i].step, 1U);
      EXPECT_LE(deviations[i].value, all[i].value);
      changed += deviations[i] != all[i] ? 1 : 0;
    }
    EXPECT_EQ(changed, 1);
  }
}

TEST(ScheduleTree, no_child_has_two_deviations_for_one_point) {
  for (const Candidate& child : children_of(candidate({{1, 1, 2}, {1, 2, 2}, {1, 3, 0}}))) {
    auto list = child.schedule.deviations;
    std::sort(list.begin(), list.end());
    for (std::size_t i = 1; i < list.size(); ++i) {
      EXPECT_FALSE(list[i - 1].thread == list[i].thread && list[i - 1].step == list[i].step);
    }
  }
}

TEST(ScheduleTree, parts_of_two_deviations_are_put_together_to_one) {
  const auto children = children_of(candidate({{0, 3, 2}, {2, 4, 1}}));
  EXPECT_TRUE(is_child(children, Schedule{{{1, 4, 2}}}));
}

TEST(ScheduleTree, the_number_of_children_stays_in_bounds_for_any_thread_numbers) {
  std::vector<Deviation> wild;
  for (std::uint32_t i = 0; i < 16; ++i) wild.push_back({~i, ~std::uint64_t{i}, ~i});
  // 31 removals, 16 times 32 values and 64 steps, 500 put together.
  EXPECT_LE(children_of(candidate(wild)).size(), 31U + 16U * (32U + 64U) + 500U);
}

}  // namespace
}  // namespace heddle
