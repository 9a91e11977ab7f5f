// One run at a time, of a given schedule: for shrinking, and for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/engine/engine.h"
#include "harness/search/claim_of.h"
#include "harness/search/worker_process.h"

namespace heddle {

// What an exhaustive search found of one failure.
struct Explored {
  std::optional<Schedule> failing;  // of the first run that showed it
  std::string failing_state;        // relacy: likewise
  bool complete = false;            // nothing is left within the bound, and nothing was cut short
  std::uint64_t failed = 0;         // runs, in whatever way
  // That no schedule shows the failure.
  ClaimGrounds grounds{};
};

class Replayer {
 public:
  // `lost_ms`: wall-clock time after which a run that does not end is a hang.
  Replayer(WorkerOptions options, std::uint32_t lost_ms)
      : options_(std::move(options)), lost_ms_(lost_ms) {}

  // Whether the runs from now on are ones that took no step for all of that time before: so much
  // patience they need not be given again.
  void expect_lost(bool expects) { expects_lost_ = expects; }

  // Executes the one run that `job` describes (Job::replay is set here). A program that kills its
  // process yields the failure that this is. An error is Heddle's own.
  std::variant<JobDone, StartError> replay(Job job);

  // Executes `job` with its exhaustive strategy, from the beginning, until a run shows the failure
  // with this failure_key(), nothing is left, or there is no time or run left.
  std::variant<Explored, StartError> explore(Job job, std::uint64_t key,
                                             std::chrono::steady_clock::time_point deadline);

  // Of the program; empty before the first replay.
  const std::vector<Module>& modules() const { return modules_; }

 private:
  std::optional<StartError> start();
  std::chrono::milliseconds patience() const;

  WorkerOptions options_;
  std::uint32_t lost_ms_;
  bool expects_lost_ = false;
  std::unique_ptr<WorkerProcess> worker_;
  std::vector<Module> modules_;
};

// What the program prints in the run that `replay` describes, which is executed for that in a
// process of its own. Empty if it cannot be executed.
std::string output_of(WorkerOptions options, const Job& replay, std::uint32_t lost_ms);

// The failure with this failure_key() in which a run ended, or went; null if it has none.
const Failed* failure_with(const JobDone& run, std::uint64_t key);
// Whether there is one.
bool shows_failure(const JobDone& run, std::uint64_t key);

}  // namespace heddle
