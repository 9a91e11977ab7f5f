#include "fuzz/strategy/kept_traces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>

namespace heddle {
namespace {

TEST(KeptTraces, are_of_all_runs_at_first_and_of_few_later) {
  KeptTraces traces;
  std::size_t kept = 0;
  for (std::size_t run = 0; run < 60; ++run) kept += traces.next() != nullptr ? 1 : 0;
  EXPECT_EQ(kept, 60U);
  for (std::size_t run = 60; run < 100'000; ++run) kept += traces.next() != nullptr ? 1 : 0;
  EXPECT_LT(kept, 250U);
  EXPECT_EQ(traces.all().size(), 128U);
}

TEST(KeptTraces, are_the_first_and_the_latest) {
  KeptTraces traces;
  std::size_t last = 0;
  for (std::size_t run = 0; run < 100'000; ++run) {
    ProgramModel::Trace* trace = traces.next();
    if (trace == nullptr) continue;
    trace->steps.assign(1, {});
    trace->steps[0].pc = last = run;
  }
  EXPECT_EQ(traces.all().front().steps[0].pc, 0U);
  std::size_t latest = 0;
  for (const ProgramModel::Trace& trace : traces.all()) {
    latest = std::max<std::size_t>(latest, trace.steps[0].pc);
  }
  EXPECT_EQ(latest, last);
}

}  // namespace
}  // namespace heddle
