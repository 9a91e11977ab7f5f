// The same seed gives the same result, whoever executes the runs and whatever ran before.
#include <gtest/gtest.h>

#include <ostream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

// All of an EngineResult that does not depend on the clock, in words that a failed test can show.
std::vector<std::string> facts(const EngineResult& result) {
  std::vector<std::string> facts;
  facts.push_back("error " + result.error.value_or("none"));
  facts.push_back("runs " + std::to_string(result.runs));
  facts.push_back("failed " + std::to_string(result.failed));
  facts.push_back("gave up " + std::to_string(result.gave_up));
  facts.push_back("first failure " + std::to_string(result.first_failure.value_or(0)));
  for (const Finding& finding : result.findings) {
    facts.push_back(std::string(to_string(finding.failure.kind)) + " " +
                    std::to_string(failure_key(finding.failure)) + " count " +
                    std::to_string(finding.count) + " first run " +
                    std::to_string(finding.first_run) + " " + finding.failure.message + " " +
                    (finding.token.has_value() ? to_text(*finding.token) : "no token"));
  }
  return facts;
}

struct Setting {
  std::string name;
  EngineKind engine;
  std::string strategy = "auto";
};

std::ostream& operator<<(std::ostream& out, const Setting& setting) {
  return out << setting.name << " " << to_string(setting.engine) << " " << setting.strategy;
}

class Determinism : public testing::TestWithParam<Setting> {};

SearchOptions options_of(const Setting& setting) {
  // So many that what the first runs teach about races reaches later ones.
  SearchOptions options = search_options(case_path(setting.name), setting.engine, 5'000);
  options.job.seed = 42;
  options.job.strategy = setting.strategy;
  return options;
}

TEST_P(Determinism, two_searches_are_equal) {
  const SearchOptions options = options_of(GetParam());
  const auto once = facts(search_once(options));
  EXPECT_GT(once.size(), 5U) << "nothing was found: this compares nothing";
  EXPECT_EQ(once, facts(search_once(options)));
}

TEST_P(Determinism, two_workers_find_what_one_finds) {
  SearchOptions options = options_of(GetParam());
  const auto one = facts(search_once(options));
  options.workers = 2;
  EXPECT_EQ(one, facts(search_once(options)));
}

TEST_P(Determinism, another_seed_is_another_search) {
  SearchOptions options = options_of(GetParam());
  const auto one = facts(search_once(options));
  options.job.seed = 43;
  EXPECT_NE(one, facts(search_once(options)));
}

INSTANTIATE_TEST_SUITE_P(cases, Determinism,
                         testing::Values(Setting{"unlocked_counter", EngineKind::fuzz},
                                         Setting{"atomic_counter", EngineKind::fuzz},
                                         Setting{"queue_handoff", EngineKind::fuzz},
                                         Setting{"relaxed_publish", EngineKind::fuzz},
                                         Setting{"queue_handoff", EngineKind::fuzz, "random"},
                                         Setting{"queue_handoff", EngineKind::fuzz, "pos"},
                                         Setting{"queue_handoff", EngineKind::fuzz, "surw"},
                                         Setting{"queue_handoff", EngineKind::fuzz, "rff"},
                                         Setting{"atomic_counter", EngineKind::relacy},
                                         Setting{"queue_handoff", EngineKind::relacy}),
                         [](const auto& parameter) {
                           return parameter.param.name + "_" +
                                  std::string(to_string(parameter.param.engine)) + "_" +
                                  parameter.param.strategy;
                         });

}  // namespace
}  // namespace heddle::verdicts
