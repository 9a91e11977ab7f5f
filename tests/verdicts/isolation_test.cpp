// A run that ends its process costs that run and nothing else; a run that changes the program's
// memory does not show in the next.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <vector>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

struct Death {
  std::string how;
  FailureKind kind;
};

class Dying : public testing::TestWithParam<Death> {};

void expect_all_counted(const SearchOptions& options, FailureKind kind) {
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, options.runs);
  EXPECT_EQ(result.failed, options.runs);
  EXPECT_EQ(result.gave_up, 0U);
  EXPECT_EQ(result.lost_workers, 0U) << "none was killed from outside";
  EXPECT_EQ(result.first_failure.value_or(0), 1U);
  EXPECT_EQ(kinds(result), std::set<FailureKind>{kind});
  std::uint64_t counted = 0;
  for (const Finding& finding : result.findings) counted += finding.count;
  EXPECT_EQ(counted, options.runs);
}

TEST_P(Dying, every_run_is_counted_as_what_it_is) {
  SearchOptions options = search_options(program_path("dying"), EngineKind::fuzz, 200);
  options.worker.args = {GetParam().how};
  expect_all_counted(options, GetParam().kind);
}

TEST_P(Dying, every_run_is_counted_as_what_it_is_in_a_process_of_its_own) {
  SearchOptions options = search_options(program_path("dying"), EngineKind::fuzz, 50);
  options.worker.args = {GetParam().how};
  options.job.isolation = Isolation::process;
  expect_all_counted(options, GetParam().kind);
}

TEST_P(Dying, two_workers_lose_no_run_and_count_none_twice) {
  SearchOptions options = search_options(program_path("dying"), EngineKind::fuzz, 200);
  options.worker.args = {GetParam().how};
  options.workers = 2;
  expect_all_counted(options, GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(ways, Dying,
                         testing::Values(Death{"abort", FailureKind::abort},
                                         Death{"null_write", FailureKind::signal},
                                         Death{"exit", FailureKind::exit_status},
                                         Death{"throw", FailureKind::uncaught_exception},
                                         Death{"kill", FailureKind::signal}),
                         [](const auto& parameter) { return parameter.param.how; });

TEST(Spinning, a_loop_without_hooks_is_a_hang_and_the_next_run_goes_on) {
  SearchOptions options = search_options(program_path("dying"), EngineKind::fuzz, 5);
  options.worker.args = {"spin"};
  options.lost_ms = 300;
  expect_all_counted(options, FailureKind::hang);
}

// Where what is left behind is put back nothing need be found out, and no run has a process of its
// own: that would hide what is not.
void expect_shared_process(const EngineResult& result) {
  EXPECT_FALSE(result.not_as_fresh.has_value());
  EXPECT_FALSE(result.own_processes.has_value());
  EXPECT_FALSE(result.divergence.has_value());
}

class FreshState : public testing::TestWithParam<EngineKind> {};

TEST_P(FreshState, each_run_begins_with_the_memory_that_main_first_saw) {
  SearchOptions options = search_options(program_path("fresh_state"), GetParam(), 2'000);
  options.job.strategy = "random";  // auto has soon seen all that there is
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 2'000U);
  EXPECT_EQ(result.failed, 0U);
  expect_shared_process(result);
  for (const Finding& finding : result.findings) {
    ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
  }
}

TEST_P(FreshState, what_is_put_back_costs_no_process) {
  for (const char* program :
       {"any/gcc/left_behind_kernel.fixed", "any/gcc/left_behind_libraries.fixed",
        "any/gcc/left_behind_zone.fixed", "any/gcc/random_order.fixed", "any/gcc/environment.fixed",
        "entropy"}) {
    SCOPED_TRACE(program);
    const std::string path = program_path(program);
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not built";
    SearchOptions options = search_options(path, GetParam(), 300);
    options.job.strategy = "random";
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.failed, 0U);
    expect_shared_process(result);
  }
}

TEST_P(FreshState, what_the_program_maps_is_put_back_and_does_not_pile_up) {
  SearchOptions options = search_options(program_path("mapped_state"), GetParam(), 1'000);
  options.job.strategy = "random";  // auto has soon seen all that there is
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 1'000U);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_FALSE(result.divergence.has_value()) << "pointer values repeat";
  for (const Finding& finding : result.findings) {
    ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
  }
}

// What processes for one run are not given of their parent's memory, the system has for them.
TEST_P(FreshState, of_a_large_program_is_what_main_first_saw_however_runs_are_kept_apart) {
  for (const Isolation isolation : {Isolation::memory, Isolation::process}) {
    SearchOptions options = search_options(program_path("large_state"), GetParam(), 20);
    options.job.strategy = "random";
    options.job.isolation = isolation;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.runs, 20U);
    EXPECT_EQ(result.failed, 0U);
    for (const Finding& finding : result.findings) {
      ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
    }
  }
}

// A second of processor time is less than all runs take.
TEST_P(FreshState, what_a_program_limits_is_limited_for_it_alone) {
  for (const Isolation isolation : {Isolation::memory, Isolation::process}) {
    SearchOptions options = search_options(program_path("own_limits"), GetParam(), 100);
    if (isolation == Isolation::memory) options.seconds = 3;
    options.runs = isolation == Isolation::memory ? 10'000'000 : 100;
    options.job.strategy = "random";
    options.job.isolation = isolation;
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_GT(result.runs, 0U);
    EXPECT_EQ(result.failed, 0U);
    for (const Finding& finding : result.findings) {
      ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
    }
  }
}

// Runs that take away what was mapped before main have a process each.
TEST(FreshTsanState, what_the_program_maps_is_put_back_whatever_a_run_does_to_it) {
  const EngineResult result =
      search_once(search_options(program_path("mapped_state"), EngineKind::tsan, 200));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 200U);
  EXPECT_EQ(result.failed, 0U);
  for (const Finding& finding : result.findings) {
    ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
  }
}

TEST(FreshTsanState, runs_that_map_memory_share_a_process) {
  const TemporaryFolder folder;
  SearchOptions options = search_options(program_path("mapped_state"), EngineKind::tsan, 1'000);
  options.worker.args = {folder / "processes"};
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 1'000U);
  EXPECT_EQ(result.failed, 0U);
  for (const Finding& finding : result.findings) {
    ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
  }
  std::ifstream file(folder / "processes");
  const std::vector<int> noted{std::istream_iterator<int>(file), {}};
  EXPECT_EQ(noted.size(), 1'000U);
  EXPECT_LE(std::set<int>(noted.begin(), noted.end()).size(), 20U);
}

class FreshInput : public testing::TestWithParam<EngineKind> {};

TEST_P(FreshInput, each_run_begins_with_the_arguments_and_the_input_that_were_given) {
  const TemporaryFolder folder;
  std::ofstream(folder / "input") << "1\n2\n";
  SearchOptions options = search_options(program_path("changed_input"), GetParam(), 200);
  options.job.strategy = "random";
  options.worker.args = {"one", "two,three"};
  options.worker.input = folder / "input";
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 200U);
  EXPECT_EQ(result.failed, 0U);
  for (const Finding& finding : result.findings) {
    ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
  }
}

// Processes that are forked from one have its places in files, and the files' flags, in common: a
// run whose process dies puts nothing back itself.
TEST_P(FreshInput, the_place_and_the_flags_of_a_file_are_those_of_the_beginning_in_each_process) {
  const TemporaryFolder folder;
  std::ofstream(folder / "input") << "1\n2\n";
  for (const Isolation isolation : {Isolation::automatic, Isolation::process}) {
    SearchOptions options = search_options(program_path("left_in_file"), GetParam(), 50);
    options.job.strategy = "random";
    options.job.isolation = isolation;
    options.worker.input = folder / "input";
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.failed, 50U);
    for (const Finding& finding : result.findings) {
      EXPECT_EQ(finding.failure.message, "std::runtime_error: the end");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(engines, FreshInput,
                         testing::Values(EngineKind::fuzz, EngineKind::relacy, EngineKind::stress,
                                         EngineKind::tsan),
                         [](const auto& parameter) {
                           return std::string(to_string(parameter.param));
                         });

INSTANTIATE_TEST_SUITE_P(engines, FreshState,
                         testing::Values(EngineKind::fuzz, EngineKind::relacy, EngineKind::stress),
                         [](const auto& parameter) {
                           return std::string(to_string(parameter.param));
                         });

}  // namespace
}  // namespace heddle::verdicts
