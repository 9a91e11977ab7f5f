// Programs get the C library's functions of today, not those of the oldest version.
#include <gtest/gtest.h>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

class LibraryVersions : public testing::TestWithParam<EngineKind> {};

TEST_P(LibraryVersions, are_those_of_today) {
  const SearchOptions options = search_options(program_path("library_versions"), GetParam(), 50);
  const EngineResult result = search_once(options);
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 50U);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_FALSE(result.divergence.has_value());
}

INSTANTIATE_TEST_SUITE_P(engines, LibraryVersions,
                         testing::Values(EngineKind::stress, EngineKind::tsan, EngineKind::fuzz,
                                         EngineKind::relacy),
                         [](const auto& parameter) {
                           return std::string(to_string(parameter.param));
                         });

}  // namespace
}  // namespace heddle::verdicts
