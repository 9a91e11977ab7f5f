// Executes runs of the program under Relacy, one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fuzz/relacy_search.h"
#include "harness/engine/engine.h"
#include "harness/engine/relacy/run/run_order.h"

namespace heddle::relacy {

class Runner {
 public:
  Runner() = default;
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  virtual ~Runner() = default;

  // Executes one run. True: done, `result` is complete but for its number and state. False: the
  // program made more threads than this runner has, nothing can be said.
  virtual bool execute(const RunOrder& order, const Program& program, RunResult& result) = 0;
  // The branches of the last run, if the search is one by depth.
  virtual std::vector<std::uint8_t> path() const = 0;
  virtual void set_path(const std::vector<std::uint8_t>& path) = 0;
  // Turns to the next run of a search by depth; false: there is none.
  virtual bool advance() = 0;
};

// One at a time, while g_fibers has been prepared for as many threads. `threads`: that there can
// be, main's included; kFewThreads or kManyThreads.
std::unique_ptr<Runner> make_runner(const RelacySearch& search, int threads);

}  // namespace heddle::relacy
