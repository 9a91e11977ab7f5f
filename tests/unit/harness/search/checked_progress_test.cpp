#include "harness/search/checked_progress.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

namespace heddle {
namespace {

class CheckedProgress : public testing::Test {
 protected:
  CheckedProgress() { progress_->begin_job(); }

  // As a program that writes over everything does it.
  void scribble(int byte) {
    std::memset(static_cast<void*>(progress_.get()), byte, sizeof(SharedProgress));
  }

  const RunRange range_{.begin = 100, .end = 200};
  const std::unique_ptr<SharedProgress> progress_ = std::make_unique<SharedProgress>();
};

TEST_F(CheckedProgress, a_job_that_has_begun_or_is_done_is_plausible) {
  EXPECT_TRUE(is_plausible(*progress_, range_));
  progress_->runs_done = 90;
  progress_->runs_redundant = 10;
  progress_->runs_failed = 90;
  progress_->fewest_decisions = 3;
  progress_->most_decisions = 3;
  progress_->failures_used = 1;
  progress_->failures[0].count = 90;
  EXPECT_TRUE(is_plausible(*progress_, range_));
}

TEST_F(CheckedProgress, what_was_written_over_is_not) {
  for (const int byte : {0xff, 0x01, 0x5a}) {
    scribble(byte);
    EXPECT_FALSE(is_plausible(*progress_, range_)) << byte;
    EXPECT_EQ(run_within(*progress_, range_), range_.begin);
  }
  charge_first(*progress_, range_);
  EXPECT_TRUE(is_plausible(*progress_, range_));
  EXPECT_EQ(progress_->in_run, 1U);
  EXPECT_GT(progress_->deviations_used, SharedProgress::kDeviations);
}

TEST_F(CheckedProgress, more_runs_than_were_asked_for_are_not) {
  progress_->fewest_decisions = 0;
  progress_->runs_done = 100;
  EXPECT_TRUE(is_plausible(*progress_, range_));
  progress_->runs_done = 101;
  EXPECT_FALSE(is_plausible(*progress_, range_));
  progress_->runs_done = 60;
  progress_->runs_redundant = 41;
  EXPECT_FALSE(is_plausible(*progress_, range_));
}

TEST_F(CheckedProgress, lengths_beyond_the_page_are_not) {
  progress_->failures_used = SharedProgress::kFailures + 1;
  EXPECT_FALSE(is_plausible(*progress_, range_));
  progress_->begin_job();
  progress_->racy_used = SharedProgress::kRacy + 1;
  EXPECT_FALSE(is_plausible(*progress_, range_));
}

TEST_F(CheckedProgress, the_run_under_way_is_one_of_the_range) {
  progress_->current_run = 150;
  EXPECT_EQ(run_within(*progress_, range_), 150U);
  progress_->current_run = 200;
  EXPECT_EQ(run_within(*progress_, range_), range_.begin);
}

}  // namespace
}  // namespace heddle
