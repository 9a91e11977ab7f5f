// The worker's main loop, in the process of the program under test: jobs come in, runs happen,
// results go out.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/engine/engine.h"
#include "harness/model/features.h"

namespace heddle {

// What a worker library can do.
struct WorkerSetup {
  Program program;
  // Null for an engine that this library does not have.
  std::unique_ptr<Engine> (*make_engine)(EngineKind) = nullptr;
  // Called once, when the environment and the open descriptors are what the program is given.
  void (*begin)() = nullptr;
  // See own_descriptors::move().
  int (*keep_descriptor)(int) = nullptr;
  // Puts the program's memory back to what it was before main.
  void (*restore)() = nullptr;
  // See ProgramState::prepare_to_fork(). Of no use where the engine makes the processes.
  void (*prepare_to_fork)(bool for_one_run) = nullptr;
  // See Job::memory. Null where only the supervisor watches.
  void (*limit_memory)(std::uint64_t bytes, EngineKind engine) = nullptr;
  // See RunHost::put_back().
  bool (*put_back)() = nullptr;
  // Where to note what SharedProgress::kills_itself says. Null where the engine makes the
  // processes.
  void (*note_kill_in)(std::atomic<std::uint32_t>& kills_itself) = nullptr;
  // What was not, when that has returned false.
  std::string (*left_behind)() = nullptr;
  // The engine makes processes for its runs itself.
  bool engine_forks = false;
  // Why no run of the program is to be made; empty if runs are.
  std::string refusal{};
  // What the program was seen to use until now. Empty where no claim depends on it: on real
  // threads.
  Features (*features)() = nullptr;
};

// Whether the supervisor started this process.
bool started_by_supervisor();

// To be called before anything else in such a process. In one that only forks workers, this returns
// in each of these, with the files that it has been given.
void begin_worker();

// Serves jobs until the supervisor is gone, and ends the process.
[[noreturn]] void serve_jobs(WorkerSetup setup);

}  // namespace heddle
