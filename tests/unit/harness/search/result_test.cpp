#include "harness/search/result.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace heddle {
namespace {

Finding found(FailureKind kind, std::uint64_t count, std::uint64_t first_run = 0) {
  Finding finding;
  finding.failure.kind = kind;
  finding.count = count;
  finding.first_run = first_run;
  return finding;
}

TEST(Findings, what_ends_a_run_comes_before_what_it_shows_on_the_way) {
  std::vector<Finding> findings = {
      found(FailureKind::data_race, 1'000),      found(FailureKind::assertion, 2, 9),
      found(FailureKind::lock_inversion, 1'001), found(FailureKind::assertion, 2, 4),
      found(FailureKind::use_after_free, 1),     found(FailureKind::data_race, 2'000),
      found(FailureKind::deadlock, 500),
  };
  std::stable_sort(findings.begin(), findings.end(), comes_before);
  std::vector<std::uint64_t> counts;
  for (const Finding& finding : findings) counts.push_back(finding.count);
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{500, 2, 2, 1, 2'000, 1'001, 1'000}));
  EXPECT_EQ(findings[1].first_run, 4U);
}

}  // namespace
}  // namespace heddle
