// Real threads that are stuck in an atomic operation are shown with the memory order that the
// program asked for.
#include <gtest/gtest.h>

#include <string>

#include "harness/search/own_code.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

struct Asked {
  std::string word;
  OpKind kind;
  MemoryOrder order;
};

class OperationOrder : public testing::TestWithParam<std::tuple<EngineKind, Asked>> {};

TEST_P(OperationOrder, is_what_the_program_asked_for) {
  const auto& [engine, asked] = GetParam();
  SearchOptions options = search_options(program_path("ordered_spin"), engine, 1);
  options.worker.args = {asked.word};
  options.job.hang_ms = 20;
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  // Exchanges may be progress, so that they reach a limit and are no hang.
  ASSERT_TRUE(result.limit.has_value() || result.findings.size() == 1U);
  const std::vector<Place>& places =
      result.limit.has_value() ? result.limit->places : result.findings.front().failure.places;
  std::size_t stuck = 0;
  for (const Place& place : places) {
    if (place.op.kind != asked.kind) continue;
    ++stuck;
    EXPECT_EQ(place.op.order, asked.order) << to_string(place.op.order);
  }
  EXPECT_EQ(stuck, 2U);
}

// std::thread::join() is the C++ library's, and no report can name a line of it.
TEST(OperationPlace, of_a_join_under_thread_sanitizer_is_in_the_program) {
  SearchOptions options = search_options(program_path("ordered_spin"), EngineKind::tsan, 1);
  options.worker.args = {"load-waited-for"};
  options.job.hang_ms = 20;
  const SearchOutcome outcome = search(options, {});
  const EngineResult& result = outcome.result;
  ASSERT_EQ(result.findings.size(), 1U) << result.error.value_or("");
  std::size_t joins = 0;
  for (const Place& place : result.findings.front().failure.places) {
    if (place.op.kind != OpKind::thread_join) continue;
    ++joins;
    EXPECT_TRUE(is_own(place.op.pc, outcome.modules));
  }
  EXPECT_EQ(joins, 1U);
}

INSTANTIATE_TEST_SUITE_P(
    engines, OperationOrder,
    testing::Combine(
        testing::Values(EngineKind::stress, EngineKind::tsan),
        testing::Values(Asked{"load-relaxed", OpKind::atomic_load, MemoryOrder::relaxed},
                        Asked{"load-acquire", OpKind::atomic_load, MemoryOrder::acquire},
                        Asked{"load-seq_cst", OpKind::atomic_load, MemoryOrder::seq_cst},
                        Asked{"exchange-acquire", OpKind::atomic_rmw, MemoryOrder::acquire},
                        Asked{"exchange-acq_rel", OpKind::atomic_rmw, MemoryOrder::acq_rel})),
    [](const auto& parameter) {
      std::string name(to_string(std::get<0>(parameter.param)));
      for (const char letter : std::get<1>(parameter.param).word) {
        name += letter == '-' ? '_' : letter;
      }
      return name;
    });

}  // namespace
}  // namespace heddle::verdicts
