// A schedule has one deviation for a step of a thread. Where two decisions had one step, what was
// decided at the one would be read at the other, when the schedule is replayed.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/search/replayer.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

std::vector<Decision> decisions_of(Replayer& replayer, Job job, const Schedule& schedule) {
  job.replay = job.record_trace = true;
  job.schedule = schedule;
  job.most_decisions = 2'000;
  auto run = replayer.replay(job);
  auto* const done = std::get_if<JobDone>(&run);
  return done == nullptr ? std::vector<Decision>{} : std::move(done->decisions.decisions);
}

void expect_steps_of_their_own(const std::vector<Decision>& decisions, const std::string& program) {
  std::set<std::pair<ThreadId, std::uint64_t>> steps;
  for (const Decision& decision : decisions) {
    EXPECT_TRUE(steps.emplace(decision.thread, decision.step).second)
        << program << ": two at step " << decision.step << " of T" << decision.thread;
  }
}

TEST(Decisions, have_each_a_step_of_their_own) {
  const std::filesystem::path folder = program_path("any/gcc");
  std::size_t programs = 0;
  std::size_t choices = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path();
    const SearchOptions options = search_options(path, EngineKind::fuzz, 1);
    Replayer replayer(options.worker, options.lost_ms);
    const std::vector<Decision> usual = decisions_of(replayer, options.job, {});
    expect_steps_of_their_own(usual, path);
    ++programs;
    // What comes of other choices, too. Those of who goes come at points that are there anyway.
    for (const Decision& decision : usual) {
      if (!decision.choice.has_value() || decision.alternatives < 2) continue;
      ++choices;
      const Schedule other{{{decision.thread, decision.step, 1}}};
      expect_steps_of_their_own(decisions_of(replayer, options.job, other), path);
    }
  }
  EXPECT_GT(programs, 300U);
  EXPECT_GT(choices, 50U);
}

}  // namespace
}  // namespace heddle::verdicts
