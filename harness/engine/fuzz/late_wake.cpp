#include "harness/engine/fuzz/late_wake.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "fuzz/strategy/replay.h"

namespace heddle {
namespace {

// What is told of it: the failure's key, whether or not it has been described.
std::uint64_t key_of_end(const RunResult& result) {
  if (result.known_end.has_value()) return *result.known_end;
  return failure_key(std::get<Failed>(result.outcome));
}

}  // namespace

DeadlineRule::DeadlineRule(const Job& job, const Strategy& strategy)
    : any_(job.replay || job.free_deadlines || strategy.exploration().has_value()),
      some_(any_ || job.strategy == "auto") {}

bool fails_by_overtaking(const RunResult& result) {
  return !g_run->overtaking().empty() && result.ended_in_failure() && !result.late_wake &&
         result.reports.empty() && result.known_reports.empty();
}

std::optional<RunResult> with_late_wake(const RunResult& result, std::size_t known, RunHost& host) {
  const KnownFailures before = g_run->known();
  const std::vector<Deviation> overtaking = g_run->overtaking();
  // Other deviations may be needed for the failure, or be in the way of it.
  std::vector<Schedule> schedules = {result.schedule, {overtaking}};
  constexpr std::size_t kMostAlone = 4;
  for (std::size_t i = 0; i < std::min(overtaking.size(), kMostAlone); ++i) {
    if (overtaking.size() > 1) schedules.push_back({{overtaking[i]}});
  }
  for (const Schedule& schedule : schedules) {
    if (!host.put_back()) break;
    // If the run was the first to fail so, that has not been told yet.
    g_run->known().resize(known);
    Replay replay(schedule);
    replay.begin_run(result.run);
    const bool alone = schedule.deviations.size() == 1;
    g_run->follow(replay, Deadlines::after_all, alone ? schedule.deviations : overtaking);
    host.restore();
    const RunResult& again = g_run->execute(result.run);
    if (again.failed_late() && key_with_late_wake(key_of_end(result)) == key_of_end(again)) {
      return again;
    }
  }
  g_run->known() = before;
  return std::nullopt;
}

}  // namespace heddle
