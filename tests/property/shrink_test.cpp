#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/shrink/shrink.h"

namespace heddle {
namespace {

using Deviations = std::vector<Deviation>;

// Distinct points in any order, as a run would have them.
rc::Gen<Deviations> any_deviations() {
  const auto deviation = rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<ThreadId>(0, 4), rc::gen::inRange<std::uint64_t>(1, 1000),
                     rc::gen::inRange<std::uint32_t>(0, 4)),
      [](const std::tuple<ThreadId, std::uint64_t, std::uint32_t>& parts) {
        return Deviation{std::get<0>(parts), std::get<1>(parts), std::get<2>(parts)};
      });
  return rc::gen::scale(2.0, rc::gen::uniqueBy<Deviations>(deviation, [](const Deviation& d) {
                          return std::pair(d.thread, d.step);
                        }));
}

Deviations any_subset(const Deviations& all) {
  const auto chosen = *rc::gen::container<std::vector<bool>>(
      all.size(), rc::gen::map(rc::gen::inRange(0, 8), [](int n) { return n == 0; }));
  Deviations subset;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (chosen[i]) subset.push_back(all[i]);
  }
  return subset;
}

bool contains_all(const Schedule& schedule, const Deviations& core) {
  const std::set<Deviation> all(schedule.deviations.begin(), schedule.deviations.end());
  return std::all_of(core.begin(), core.end(),
                     [&](const Deviation& deviation) { return all.contains(deviation); });
}

constexpr ShrinkLimits kNoLimits{.max_runs = 1'000'000, .max_time = std::chrono::hours(1)};

// Each deviation left out in turn, independent of what shrink() says about itself.
template <typename Fails>
bool is_one_minimal(const Schedule& schedule, const Fails& fails) {
  if (!fails(schedule)) return false;
  for (std::size_t i = 0; i < schedule.deviations.size(); ++i) {
    Schedule fewer = schedule;
    fewer.deviations.erase(fewer.deviations.begin() + static_cast<std::ptrdiff_t>(i));
    if (fails(fewer)) return false;
  }
  return true;
}

TEST(ShrinkProperty, exactly_the_necessary_core_is_left) {
  EXPECT_TRUE(rc::check([] {
    const Deviations all = *any_deviations();
    const Deviations core = any_subset(all);
    const auto fails = [&](const Schedule& candidate) { return contains_all(candidate, core); };
    const ShrinkResult result = shrink(Schedule{all}, fails, kNoLimits);
    RC_ASSERT(result.reproduced);
    RC_ASSERT(result.one_minimal);
    RC_ASSERT(!result.limit_reached);
    RC_ASSERT(result.schedule.deviations == core);
  }));
}

TEST(ShrinkProperty, knowing_what_the_run_took_leads_to_the_same_core) {
  EXPECT_TRUE(rc::check([] {
    const Deviations all = *any_deviations();
    const Deviations reached = any_subset(all);
    const Deviations core = any_subset(reached);
    const auto fails = [&](const Schedule& candidate) -> ShrinkVerdict {
      Schedule taken;
      for (const Deviation& deviation : candidate.deviations) {
        if (contains_all(Schedule{reached}, {deviation})) taken.deviations.push_back(deviation);
      }
      return {contains_all(candidate, core), taken};
    };
    const ShrinkResult result = shrink(Schedule{all}, fails, kNoLimits);
    RC_ASSERT(result.one_minimal);
    RC_ASSERT(result.schedule.deviations == core);
    // From there on nothing else than parts of `reached` needs a run.
    RC_ASSERT(result.schedule.deviations.size() <= reached.size());
  }));
}

TEST(ShrinkProperty, the_result_is_1_minimal_even_if_failing_is_not_monotone) {
  EXPECT_TRUE(rc::check([] {
    const Deviations all = *any_deviations();
    const std::uint64_t salt = *rc::gen::arbitrary<std::uint64_t>();
    // A third of all schedules fail, as a hash of their deviations has it; the first one does.
    const auto fails = [&](const Schedule& candidate) {
      if (candidate.deviations == all) return true;
      Deviations list = candidate.deviations;
      std::sort(list.begin(), list.end());
      std::uint64_t hash = salt;
      for (const Deviation& d : list) {
        for (const std::uint64_t part : {std::uint64_t{d.thread}, d.step, std::uint64_t{d.value}}) {
          hash ^= part;
          hash = split_mix(hash);
        }
      }
      return hash % 3 == 0;
    };
    const ShrinkResult result = shrink(Schedule{all}, fails, kNoLimits);
    RC_ASSERT(result.one_minimal);
    RC_ASSERT(is_one_minimal(result.schedule, fails));
  }));
}

TEST(ShrinkProperty, whatever_the_limit_the_result_fails_and_its_claim_holds) {
  EXPECT_TRUE(rc::check([] {
    const Deviations all = *any_deviations();
    const Deviations core = any_subset(all);
    const auto fails = [&](const Schedule& candidate) { return contains_all(candidate, core); };
    const auto limit = *rc::gen::inRange<std::uint64_t>(0, 300);
    const ShrinkResult result =
        shrink(Schedule{all}, fails, {.max_runs = limit, .max_time = std::chrono::hours(1)});
    RC_ASSERT(result.runs <= limit);
    RC_ASSERT(fails(result.schedule));
    if (result.one_minimal) RC_ASSERT(is_one_minimal(result.schedule, fails));
    if (!result.limit_reached) RC_ASSERT(result.one_minimal);
  }));
}

}  // namespace
}  // namespace heddle
