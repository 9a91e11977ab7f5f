// Many runs of one program under one engine: starts workers, survives their deaths, counts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/engine/engine.h"
#include "harness/search/result.h"
#include "harness/search/worker_process.h"

namespace heddle {

struct SearchOptions {
  WorkerOptions worker;         // `tsan` is set by the engine
  Job job;                      // first_run and runs are set by the search
  std::uint64_t runs = 10'000;  // at most; ~0: no limit
  // How long it goes on, whatever the number of runs; 0: no limit of time.
  double seconds = 0;
  // It ends at the latest then, with fewer runs than it was to make; 0: no such limit.
  double budget = 0;
  unsigned workers = 1;
  EarlierParts earlier{};  // of the search that job.strategy_state comes of
  // Wall-clock time that a run may take before its worker is given up, in milliseconds.
  std::uint32_t lost_ms = 20'000;
  // fuzz and relacy: what is found is repeated in fresh processes. Without, a search of a few runs
  // takes half as long, and whatever many runs of one process show counts.
  bool confirms = true;
};

struct SearchEvents {
  // Called about ten times a second.
  std::function<void(std::uint64_t runs, std::uint64_t failed, double seconds)> progress;
  // Each time that a failure is described which this search has not seen yet.
  std::function<void(const Failed& failure)> found;
  // Called within a second or so of a failure that is described for the first time.
  std::function<void(const EngineResult& so_far, const std::vector<Module>& modules)> interim;
  // Set from outside (a signal handler) to end the search with what it has.
  const std::atomic<bool>* interrupted = nullptr;
};

struct SearchOutcome {
  EngineResult result;
  std::vector<Module> modules;
  // What another search takes over as Job::strategy_state and Job::racy_pcs to go on from where an
  // exhaustive one ended.
  std::string strategy_state;
  std::vector<Address> racy_pcs;
  std::vector<Address> racy_seen;  // all that have turned up; ascending
  EarlierParts earlier;            // likewise, as SearchOptions::earlier
  // fuzz: the first deviations of the run that EngineResult::limit is of.
  Schedule limit_beginning;
};

// Findings have tokens but no minimal interleavings yet.
SearchOutcome search(const SearchOptions& options, const SearchEvents& events);

}  // namespace heddle
