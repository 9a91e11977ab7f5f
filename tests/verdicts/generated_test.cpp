// Exhaustive search over programs that rapidcheck makes: dfs, which has no reduction, dpor and
// Relacy's full search must agree on what can come of each.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

// The language of programs/interpreter.cpp.
using Blocks = std::vector<std::string>;

rc::Gen<std::string> one_step(const std::string& what, int places, int values, int least = 1) {
  return rc::gen::map(rc::gen::tuple(rc::gen::elementOf(what), rc::gen::inRange(0, places),
                                     rc::gen::inRange(least, values + 1)),
                      [](const std::tuple<char, int, int>& step) {
                        return std::string{std::get<0>(step),
                                           static_cast<char>('0' + std::get<1>(step)),
                                           static_cast<char>('0' + std::get<2>(step))};
                      });
}

// Two places, so that threads meet often; two values, so that they can be told apart, and none:
// what adds 0 leaves the value as it is, and orders.
rc::Gen<std::string> atomic_step() {
  return one_step("lsace", 2, 2, 0);
}

rc::Gen<std::string> locked(const std::string& body) {
  return rc::gen::map(one_step("i", 2, 2), [body](const std::string& step) {
    const std::string where(1, step[1]);
    std::string block;
    for (const char c : body) block += c + where + step[2];
    return block;
  });
}

// What sequentially consistent Relacy can express.
rc::Gen<std::string> plain_block() {
  return rc::gen::weightedOneOf<std::string>({{6, atomic_step()}, {2, locked("LiU")}});
}

rc::Gen<std::string> any_block() {
  return rc::gen::weightedOneOf<std::string>({{6, atomic_step()},
                                              {3, locked("LiU")},
                                              {1, one_step("t", 2, 2)},
                                              {1, locked("LWiU")},
                                              {2, one_step("NB", 2, 1)},
                                              {1, locked("LNU")},
                                              {2, one_step("pqy", 1, 1)},
                                              {1, one_step("f", 1, 1)},
                                              {2, one_step("rw", 1, 2)},
                                              {1, locked("LTiU")},
                                              {1, one_step("Y", 1, 1)},
                                              {1, one_step("M", 2, 2)}});
}

// Two threads of up to three blocks, or three of one or two: more is too much for dfs.
rc::Gen<std::string> program(const rc::Gen<std::string>& block) {
  const auto threads = [block](const std::vector<std::size_t>& most) {
    return rc::gen::exec([block, most] {
      std::string text;
      for (std::size_t i = 0; i < most.size(); ++i) {
        const auto size = *rc::gen::inRange<std::size_t>(1, most[i] + 1);
        if (i > 0) text += '|';
        for (const std::string& step : *rc::gen::container<Blocks>(size, block)) text += step;
      }
      return text;
    });
  };
  return rc::gen::weightedOneOf<std::string>(
      {{3, threads({3, 3})}, {1, threads({2, 1, 1})}, {1, threads({3, 2})}});
}

struct Explored {
  std::set<std::string> outcomes;
  bool complete = false;
  Exploration exploration;
};

// `limit`: runs after which dfs is left where it is; what it has seen until then still counts.
Explored explore(const std::string& program, EngineKind engine, const std::string& method,
                 std::uint64_t limit) {
  SearchOptions options = search_options(program_path("interpreter"), engine, limit);
  // Each outcome is a failure of its own, and there are dozens.
  options.confirms = false;
  options.worker.args = {program, "outcome"};
  options.job.strategy = options.job.relacy_search = method;
  const EngineResult result = search_once(options);
  RC_ASSERT(result.error.value_or("none") == "none");
  Explored explored;
  explored.complete = result.exhausted;
  explored.exploration = result.exploration.value_or(Exploration{});
  for (const Finding& finding : result.findings) {
    const Failed& failure = finding.failure;
    explored.outcomes.insert(failure.kind == FailureKind::exit_status
                                 ? failure.message
                                 : std::string(to_string(failure.kind)));
  }
  return explored;
}

constexpr std::uint64_t kDfsLimit = 20'000;
constexpr std::uint64_t kNoLimit = 10'000'000;

struct Tally {
  unsigned programs = 0;
  unsigned complete = 0;
};

class Generated : public testing::TestWithParam<int> {};

TEST_P(Generated, dfs_and_dpor_find_the_same_outcomes) {
  Tally tally;
  EXPECT_TRUE(check_programs(static_cast<std::uint64_t>(GetParam()), 500, [&] {
    const std::string text = *program(any_block());
    const Explored dpor = explore(text, EngineKind::fuzz, "dpor", kNoLimit);
    RC_ASSERT(dpor.complete);
    // What is explored must not hang on who is tried first.
    const Explored shuffled = explore(text, EngineKind::fuzz, "dpor:order=random", kNoLimit);
    RC_ASSERT(shuffled.complete);
    RC_ASSERT(shuffled.outcomes == dpor.outcomes);
    const Explored dfs = explore(text, EngineKind::fuzz, "dfs", kDfsLimit);
    ++tally.programs;
    if (dfs.complete) {
      ++tally.complete;
      RC_ASSERT(dfs.outcomes == dpor.outcomes);
    } else {
      for (const std::string& outcome : dfs.outcomes) RC_ASSERT(dpor.outcomes.contains(outcome));
    }
  }));
  EXPECT_GT(tally.complete * 2, tally.programs) << "dfs came to its end too seldom";
}

TEST_P(Generated, relacy_finds_the_outcomes_that_dpor_finds) {
  EXPECT_TRUE(check_programs(static_cast<std::uint64_t>(GetParam()), 500, [] {
    const std::string text = *program(plain_block());
    const Explored dpor = explore(text, EngineKind::fuzz, "dpor", kNoLimit);
    const Explored relacy = explore(text, EngineKind::relacy, "full", kNoLimit);
    RC_ASSERT(dpor.complete);
    RC_ASSERT(relacy.complete);
    RC_ASSERT(relacy.outcomes == dpor.outcomes);
  }));
}

INSTANTIATE_TEST_SUITE_P(seeds, Generated, testing::Values(1, 2, 3, 4),
                         [](const auto& parameter) { return std::to_string(parameter.param); });

}  // namespace
}  // namespace heddle::verdicts
