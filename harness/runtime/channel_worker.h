// The worker's main loop, in the process of the program under test: jobs come in, runs happen,
// results go out.
#pragma once

#include <functional>
#include <memory>

#include "harness/engine/engine.h"
#include "harness/model/features.h"

namespace heddle {

// What a worker library can do.
struct WorkerSetup {
  Program program;
  // Null for an engine that this library does not have.
  std::function<std::unique_ptr<Engine>(EngineKind)> make_engine;
  // Called once, when the environment and the open descriptors are what the program is given.
  std::function<void()> begin;
  // See own_descriptors::move().
  std::function<int(int)> keep_descriptor;
  // Puts the program's memory back to what it was before main.
  std::function<void()> restore;
  // See RunHost::put_back().
  std::function<bool()> put_back;
  // What was not, when that has returned false.
  std::function<std::string()> left_behind;
  // The engine makes processes for its runs itself.
  bool engine_forks = false;
  // What the program was seen to use until now. Empty where no claim depends on it: on real
  // threads.
  std::function<Features()> features{};
};

// Whether the supervisor started this process.
bool started_by_supervisor();

// Serves jobs until the supervisor is gone, and ends the process.
[[noreturn]] void serve_jobs(WorkerSetup setup);

}  // namespace heddle
