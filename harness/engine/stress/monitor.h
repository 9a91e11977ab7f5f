// Looks at the run at hand every millisecond, from a thread of its own.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <vector>

#include "harness/engine/engine.h"
#include "harness/engine/native/hang.h"
#include "harness/engine/native/motion_watch.h"
#include "harness/engine/native/raw_system.h"
#include "harness/engine/stress/stress_run.h"

namespace heddle::stress {

// How long threads may take to leave the program once the run has ended; then the process goes.
inline constexpr std::uint64_t kGraceNs = 500'000'000;

RunResult make_result(const Run& run, std::uint64_t number);

// Finds deadlocks and endless loops and ends their runs, and ends the process where threads cannot
// be got out of the program.
class Monitor {
 public:
  Monitor(const Job& job, RunHost& host);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor();

  // The run that sequence number `sequence` stands for.
  static std::uint64_t number_of(std::uint64_t sequence) { return sequence - 1; }
  static std::uint64_t sequence_of(std::uint64_t number) { return number + 1; }

 private:
  static void* loop(void* monitor);
  void look(std::uint64_t sequence);
  void judge(std::uint64_t sequence, std::uint64_t now);
  void end_run(native::Verdict verdict);
  void find_waiting(native::HangDetector::Sample& sample);
  std::uint64_t processor_time() const;

  RunHost& host_;
  Job job_;
  native::HangDetector detector_;
  native::MotionWatch motion_{native::process_id()};
  native::Futex quit_{0};
  pthread_t thread_{};
  std::uint64_t last_sequence_ = 0;
  std::uint64_t ending_since_ns_ = 0;
  // Of the last sample, by thread.
  std::vector<bool> waits_;
  std::vector<bool> settled_;  // waits, or has ended and tells nobody any more
};

}  // namespace heddle::stress
