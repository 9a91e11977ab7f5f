// What supervisor and worker say to each other: messages over a socket, and a page of counters that
// outlives the worker.
//
// Both ends are of one build; the version is checked all the same, since a stale library is easily
// picked up.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/engine/engine.h"
#include "harness/hooks/channel_variable.h"
#include "harness/model/codec.h"
#include "harness/model/distinct.h"
#include "harness/model/features.h"
#include "harness/model/module.h"
#include "harness/model/outcome.h"
#include "harness/model/step_log.h"

namespace heddle {

inline constexpr std::uint32_t kChannelVersion = 8;

// What LD_LIBRARY_PATH and LD_PRELOAD were before the supervisor put Heddle's in front; the worker
// puts them back, so that programs which the program starts are left alone.
inline constexpr char kOldLibraryPathVariable[] = "HEDDLE_OLD_LD_LIBRARY_PATH";
inline constexpr char kOldPreloadVariable[] = "HEDDLE_OLD_LD_PRELOAD";

// Written by the worker while it runs, read by the supervisor at any time, also after the worker's
// death. Zero-filled at first.
struct SharedProgress {
  static constexpr std::size_t kFailures = 512;
  static constexpr std::size_t kRacy = 4096;
  static constexpr std::size_t kDeviations = std::size_t{1} << 20;

  struct FailureCount {
    std::atomic<std::uint64_t> key;
    std::atomic<std::uint64_t> count;
    std::atomic<std::uint64_t> first_run;
    std::atomic<std::uint64_t> in_first_runs;  // of the count, those that a process began with
  };

  // Of the job under way.
  std::atomic<std::uint64_t> runs_done;
  std::atomic<std::uint64_t> runs_failed;
  std::atomic<std::uint64_t> runs_failed_late;  // not among these: see RunResult::failed_late()
  std::atomic<std::uint64_t> runs_gave_up;
  std::atomic<std::uint64_t> runs_redundant;    // not among runs_done
  std::atomic<std::uint64_t> first_runs;        // of runs_done, those that a process began with
  std::atomic<std::uint64_t> first_failed_run;  // the lowest; meaningless while runs_failed is 0
  std::atomic<std::uint64_t> steps;
  std::atomic<std::uint64_t> decisions;
  std::atomic<std::uint64_t> fewest_decisions;  // of a run; meaningless while runs_done is 0
  std::atomic<std::uint64_t> most_decisions;
  std::atomic<std::uint32_t> most_threads;
  std::atomic<std::uint32_t> in_run;            // 1: current_run has begun and not ended
  std::atomic<std::uint32_t> first_of_process;  // 1: current_run is
  std::atomic<std::uint64_t> current_run;
  std::atomic<std::uint32_t> kills_itself;  // 1: current_run has sent its own process SIGKILL
  std::atomic<std::uint32_t> stop;          // set by the supervisor: end after this run
  std::atomic<std::uint32_t> failures_used;
  FailureCount failures[kFailures];
  std::atomic<std::uint32_t> racy_used;
  std::atomic<std::uint64_t> racy[kRacy];
  DistinctSketch interleavings;  // of the runs that ended; read when the worker is done or dead

  // The run under way.
  std::atomic<std::uint32_t> deviations_used;
  Deviation deviations[kDeviations];

  // Forgets what was counted of the job before.
  void begin_job();
};

// ---- messages
// -------------------------------------------------------------------------------------

// Worker, once at its start.
struct Hello {
  std::uint32_t version = kChannelVersion;
  std::vector<Module> modules;
};

// Worker: a failure that it has not described before in this job.
struct Described {
  std::uint64_t key = 0;
  std::uint64_t run = 0;
  Failed failure;
  std::optional<Schedule> schedule{};  // absent where the run cannot be replayed
  std::string relacy_state;
};

// Worker: the first run of this job that gave up at a limit.
struct LimitReached {
  std::uint64_t run = 0;
  GaveUp limit;
  // fuzz: its first deviations. A run that spins to the limit may have millions.
  static constexpr std::size_t kDeviations = 4096;
  Schedule beginning;
};

// Worker: how a run went that is_sampled(), and what would replay it.
struct Sampled {
  std::uint64_t run = 0;
  bool failed = false;
  std::uint64_t steps = 0;  // how many there were
  StepLog log;              // fuzz; as StepLog::for_other_processes() has it
  Schedule schedule;
  std::string relacy_state;
};

// Worker: the job is done, or the supervisor asked to stop.
struct JobDone {
  bool exhausted = false;
  std::optional<std::string> error;  // Heddle's own
  std::optional<Divergence> divergence;
  // fuzz: what the strategy knows, and how far an exhaustive one has come.
  std::string strategy_state;
  std::optional<Exploration> exploration;
  // What the program was seen to use since the worker began.
  Features features;
  // fuzz: the search begins anew, see RunHost::begin_anew().
  bool begins_anew = false;
  // What a run has left behind that is not put back, so that later ones have a process each. Empty:
  // nothing.
  std::string left_behind;
  std::uint64_t own_processes = 0;   // runs of this job that had one
  std::uint64_t own_process_ns = 0;  // wall-clock time that these took
  // Replays only.
  std::optional<Outcome> outcome;
  std::vector<Failed> reports;
  Schedule schedule;
  Trace trace;
  DecisionLog decisions;  // if asked for
  std::uint64_t steps = 0;
  std::uint32_t outside_choices = 0;
  StepLog log;  // if asked for; as StepLog::for_other_processes() has it
};

// Worker, as its last word: the run under way is lost with this process, and has been counted.
struct Lost {};

using WorkerMessage = std::variant<Hello, Described, LimitReached, JobDone, Lost, Sampled>;

// A stream socket. Messages have their length in front.
class Channel {
 public:
  explicit Channel(int descriptor) : descriptor_(descriptor) {}

  // False if the other end is gone.
  bool send(const WorkerMessage& message);
  bool send(const Job& job);

  // Waits for the next message; nothing if the other end is gone or sent what is none.
  std::optional<WorkerMessage> receive_message();
  std::optional<Job> receive_job();

  int descriptor() const { return descriptor_; }
  // False if the descriptor has been closed here.
  bool is_open() const;

 private:
  bool send_bytes(std::string_view bytes);
  bool receive_bytes(std::string& bytes);

  int descriptor_;
};

}  // namespace heddle
