// A run that takes memory without end costs that run and nothing else.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20;
constexpr std::uint64_t kLimit = 600 * kMegabyte;

EngineResult run_memory(const std::string& what, EngineKind engine, std::uint64_t runs,
                        std::uint64_t limit) {
  SearchOptions options = search_options(program_path("memory"), engine, runs);
  options.worker.args = {what};
  options.job.strategy = "random";
  options.job.memory = limit;
  return search_once(options);
}

struct Endless {
  std::string what;
  EngineKind engine;
  bool has_place;  // the worker has seen it coming
};

class EndlessMemory : public testing::TestWithParam<Endless> {};

TEST_P(EndlessMemory, is_a_failure_of_the_program) {
  const Endless& endless = GetParam();
  const EngineResult result = run_memory(endless.what, endless.engine, 2, kLimit);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 2U);
  EXPECT_EQ(result.failed, 2U);
  EXPECT_EQ(result.gave_up, 0U);
  EXPECT_FALSE(result.not_as_fresh.has_value());
  const Finding* const finding = find_kind(result, FailureKind::out_of_memory);
  ASSERT_NE(finding, nullptr);
  EXPECT_NE(finding->failure.message.find("600 MB (--memory)"), std::string::npos)
      << finding->failure.message;
  EXPECT_EQ(!finding->failure.places.empty(), endless.has_place);
}

INSTANTIATE_TEST_SUITE_P(OfEachEngine, EndlessMemory,
                         testing::Values(Endless{"blocks", EngineKind::stress, true},
                                         Endless{"map", EngineKind::stress, false},
                                         Endless{"blocks", EngineKind::tsan, false},
                                         Endless{"map", EngineKind::tsan, false},
                                         Endless{"blocks", EngineKind::fuzz, true},
                                         Endless{"map", EngineKind::fuzz, false},
                                         Endless{"blocks", EngineKind::relacy, true}),
                         [](const auto& tested) {
                           return tested.param.what + "_of_" +
                                  std::string(to_string(tested.param.engine));
                         });

TEST(MemoryLimit, what_is_not_known_to_be_the_programs_is_no_failure) {
  const EngineResult result = run_memory("unseen", EngineKind::stress, 2, kLimit);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(result.gave_up, 2U);
  ASSERT_TRUE(result.limit.has_value());
  EXPECT_NE(result.limit->reason.find("600 MB (--memory), was reached"), std::string::npos)
      << result.limit->reason;
}

TEST(MemoryLimit, a_hundred_megabytes_are_as_without_a_limit) {
  for (const EngineKind engine :
       {EngineKind::stress, EngineKind::tsan, EngineKind::fuzz, EngineKind::relacy}) {
    const EngineResult without = run_memory("use", engine, 2, 0);
    const EngineResult result = run_memory("use", engine, 2, 2'000 * kMegabyte);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.runs, 2U) << to_string(engine);
    EXPECT_EQ(result.failed, 0U) << to_string(engine);
    // Relacy follows no more than some memory, whatever there is.
    EXPECT_EQ(without.gave_up, engine == EngineKind::relacy ? 2U : 0U) << to_string(engine);
    EXPECT_EQ(result.gave_up, without.gave_up) << to_string(engine);
    if (result.limit.has_value()) {
      EXPECT_EQ(result.limit->reason, without.limit->reason);
    }
  }
}

TEST(MemoryLimit, address_space_is_no_memory) {
  for (const EngineKind engine :
       {EngineKind::stress, EngineKind::tsan, EngineKind::fuzz, EngineKind::relacy}) {
    const EngineResult result = run_memory("reserve", engine, 4, kLimit);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.runs, 4U) << to_string(engine);
    EXPECT_EQ(result.failed, 0U) << to_string(engine);
    EXPECT_EQ(result.gave_up, 0U) << to_string(engine);
  }
}

TEST(MemoryLimit, other_cases_keep_their_results) {
  const TemporaryFolder folder;
  const std::string json = folder / "out.json";
  // The small one is what the large one is with another argument.
  const Ended ended =
      heddle_command({"run", "mutex_counter", program_path("memory"), "unlocked_counter",
                      "--engine", "stress,fuzz", "--runs", "3", "--strategy", "random", "--memory",
                      "600MB", "--hunt-runs", "0", "--report", "json:" + json, "--", "blocks"});
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_NE(ended.out.find("out of memory"), std::string::npos) << ended.out;
  std::ifstream file(json);
  const auto cases = nlohmann::json::parse(file).at("cases");
  ASSERT_EQ(cases.size(), 3U);
  EXPECT_EQ(cases.at(0).at("memory"), kLimit);
  for (const auto& engine : cases.at(0).at("engines")) {
    EXPECT_EQ(engine.at("runs"), 3);
    EXPECT_EQ(engine.at("failed"), 0);
  }
  for (const auto& engine : cases.at(1).at("engines")) {
    EXPECT_EQ(engine.at("findings").at(0).at("kind"), "out of memory");
  }
  EXPECT_EQ(cases.at(2).at("engines").at(1).at("failed"), 3);
}

TEST(MemoryLimit, a_limit_that_is_none_is_a_usage_error) {
  for (const char* const text : {"lots", "-1", "12", "1e9", "inf", "5XB"}) {
    const Ended ended = heddle_command({"run", "mutex_counter", std::string("--memory=") + text});
    EXPECT_EQ(ended.status, 2) << text;
    EXPECT_NE(ended.err.find(text), std::string::npos) << ended.err;
  }
}

}  // namespace
}  // namespace heddle::verdicts
