// From rate to cause: a failure that was seen on real threads, where no schedule is known, looked
// for in fuzz, which knows one for whatever it finds.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/model/module.h"
#include "harness/search/engine_search.h"
#include "harness/search/minimize.h"
#include "harness/search/result.h"

namespace heddle {

// Whether a failure that stress or tsan has `seen` is the one that fuzz has `found`: of the same
// kind, at the same place. The engines name some kinds differently, and find out different things
// about a place, so this is not failure_key(). `modules`: of the program, to tell its code from
// that of the system's libraries, in which places may lie.
bool same_failure(const Failed& seen, const Failed& found, std::span<const Module> modules);

struct HuntOptions {
  std::uint64_t runs = 100'000;  // of all strategies together
  double seconds = 20;           // likewise; slow programs would take hours
  MinimizeLimits minimize;
};

struct HuntEvents {
  std::function<void(std::uint64_t runs, double seconds)> progress;
  const std::atomic<bool>* interrupted = nullptr;
};

// Fills Finding::hunt of the findings of stress and tsan among `results`, which are of one program:
// from the findings of fuzz among them, else by runs of its own. `search`: of any engine, for the
// program; its seed is that of the runs.
void hunt_findings(std::vector<EngineResult>& results, const SearchOptions& search,
                   std::span<const Module> modules, const HuntOptions& options,
                   const HuntEvents& events);

}  // namespace heddle
