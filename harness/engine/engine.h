// What an engine is to the worker: something that executes the program's main again and again, in
// its own way, and says how each run ended.
#pragma once

#include <errno.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/delay/delay_plan.h"
#include "harness/model/decision.h"
#include "harness/model/exploration.h"
#include "harness/model/isolation.h"
#include "harness/model/outcome.h"
#include "harness/model/schedule.h"
#include "harness/model/step_log.h"
#include "harness/model/trace.h"

namespace heddle {

// The program under test, from within.
struct Program {
  int (*main)(int, char**, char**) = nullptr;
  int argc = 0;
  char** argv = nullptr;
  char** envp = nullptr;

  // Calls main as the first thing that its thread does: whatever Heddle has called on this thread
  // since may have left an error behind, in a process that was forked for the run as well.
  int call_main() const {
    errno = 0;
    return main(argc, argv, envp);
  }
};

// What a worker is asked to do. Runs are numbered first_run, first_run + 1, …; everything random in
// run i comes from (seed, i) alone, so it does not matter which worker executes it, or after what.
struct Job {
  EngineKind engine = EngineKind::fuzz;
  std::uint64_t seed = 1;
  std::uint64_t first_run = 0;
  std::uint64_t runs = 1;
  std::string strategy = "auto";         // fuzz
  std::string relacy_search = "random";  // relacy: random, full, or bound:N
  DelayPlan delay;                       // stress and tsan
  // fuzz: code addresses of plain accesses that are known to race. Only these plain accesses are
  // scheduling points (a program without races behaves alike whether or not it can be interrupted
  // at plain accesses), and those that race in the very run. Part of the job, so that a run does
  // not depend on what a worker happened to see before.
  std::vector<Address> racy_pcs;
  // fuzz: what a run shows of these serves the later runs of the job; without, those of later jobs.
  bool learns_racy = false;
  std::uint64_t step_limit = 20'000'000;  // steps of all threads in one run, then it gave up
  std::uint32_t hang_ms = 2'000;          // stress, tsan: see HangDetector
  bool stood_still = false;               // stress, tsan: an earlier run has, likewise
  std::uint64_t memory = 0;               // bytes that a worker may have; 0: no limit
  // What keep_strategy() was told in earlier jobs.
  std::string strategy_state;
  bool stop_at_race = false;  // fuzz: a run's first data race ends it
  // fuzz: read-write locks may prefer readers or writers, whatever the C library does.
  bool any_rwlock = false;
  // fuzz: a thread may wake up however late, and that is no excuse for a failure.
  bool free_deadlines = false;
  bool leaks = false;  // fuzz: a run that ends well is asked what it leaked
  Isolation isolation = Isolation::automatic;
  // One run, in a process that ends with it: nothing of the program may be executed twice.
  bool last_of_process = false;
  // Runs below this number are executed to get on, and not counted.
  std::uint64_t count_from = 0;
  // Replay: one run, of this schedule (fuzz) or this state (relacy), with its trace.
  bool replay = false;
  bool record_trace = false;
  bool trace_all_stacks = true;  // of plain accesses too; fuzz: costs microseconds for each
  // fuzz: of which part of the run, in steps of all threads.
  std::uint64_t trace_from = 0;
  std::uint64_t trace_until = ~std::uint64_t{0};
  // Replay: with what was open at its points, the first so many of them; the run ends at the next.
  // Plain accesses are such points where racy_pcs names them. 0: none are recorded. With
  // record_trace.
  std::uint64_t most_decisions = 0;
  // Replay: with its steps.
  bool record_steps = false;
  Schedule schedule;
  std::string relacy_state;
};

// Runs of which the supervisor is told how they went, to compare them with what a fresh process
// makes of the same: early, and now and then. The second rather than the first: that is one in a
// fresh process itself.
constexpr bool is_sampled(std::uint64_t run) {
  constexpr int kBits = 8;  // each 256 times as late as the one before
  return run == 1 ||
         (run != 0 && std::has_single_bit(run + 1) && std::countr_one(run) % kBits == 0);
}

struct RunResult {
  std::uint64_t run = 0;
  Outcome outcome = Passed{};
  // Data races and other findings that did not end the run, each once per run. A run with any of
  // them failed, whatever `outcome` says.
  std::vector<Failed> reports;
  // Failures by their failure_key() that this job has given in full before: a program that fails
  // in every run would spend most of its time on describing it. `known_end`: the outcome is such a
  // failure, `outcome` is not set.
  std::vector<std::uint64_t> known_reports;
  std::optional<std::uint64_t> known_end;
  // Of a run that ended in a failure: see Failed::late_wake.
  bool late_wake = false;
  // What would replay the run: deviations for fuzz, its state for relacy.
  Schedule schedule;
  std::string relacy_state;
  std::uint64_t steps = 0;      // all threads
  std::uint64_t decisions = 0;  // scheduling points where more than one thread could go
  // fuzz: decisions of the world outside the program other than the default, see is_outside().
  std::uint32_t outside_choices = 0;
  std::uint32_t threads = 0;  // created in this run, main's included
  // fuzz: runs that differ only in the order of what commutes have the same (Fingerprint); else 0.
  std::uint64_t fingerprint = 0;
  Trace trace;             // if asked for
  DecisionLog log;         // likewise
  bool redundant = false;  // given up by an exhaustive strategy: no run of its own
  bool cut = false;        // another thread could have gone on when it ended
  bool stopped = false;    // by what its last step did, and not because no thread could go on
  // The first that its process has executed. Only where the engine makes the processes.
  bool first_of_process = false;

  bool ended_in_failure() const {
    return std::holds_alternative<Failed>(outcome) || known_end.has_value();
  }
  bool failed() const { return ended_in_failure() || !reports.empty() || !known_reports.empty(); }
  // Whether all that failed needs a late wake-up.
  bool failed_late() const {
    return late_wake && ended_in_failure() && reports.empty() && known_reports.empty();
  }
};

// The deviations of the run under way, where they outlive a crash of the worker.
struct LiveSchedule {
  Deviation* entries = nullptr;
  std::uint32_t capacity = 0;
  // May exceed the capacity: then the run cannot be replayed.
  std::atomic<std::uint32_t>* count = nullptr;

  void add(const Deviation& deviation) const {
    const std::uint32_t at = count->load(std::memory_order_relaxed);
    if (at < capacity) entries[at] = deviation;
    count->store(at + 1, std::memory_order_release);
  }
};

// The worker's side of a job.
class RunHost {
 public:
  virtual ~RunHost() = default;
  virtual const Program& program() const = 0;
  // Puts the program's memory back to what it was before main, and what put_back() does. Call
  // before each run.
  virtual void restore() = 0;
  // Puts back what a run has changed outside the program's memory. False: not all of it can be, and
  // this process is unfit for another run.
  virtual bool put_back() = 0;
  // A run begins: from here on a crash is charged to it.
  virtual void begin_run(std::uint64_t run) = 0;
  // A run ended. `result` is read before this returns; false: stop, no more are wanted of this
  // process.
  virtual bool end_run(const RunResult& result) = 0;
  virtual LiveSchedule live_schedule() { return {}; }
  // A plain access at this code address races: for Job::racy_pcs of later jobs.
  virtual void learn_racy(Address pc) { (void)pc; }
  // What the last run has left behind that is not put back, as put_back() finds it.
  virtual std::string left_behind() const = 0;
  // A run has had a process of its own, for this was left behind, or for nothing but the job's
  // sake.
  virtual void had_own_process(std::string_view left_behind) = 0;
  // The program does not repeat its steps; the first report of a job is kept.
  virtual void report_divergence(const Divergence& divergence) { (void)divergence; }
  // How a run went that is_sampled(): fuzz with its steps. `run` has what would replay it.
  virtual void report_sample(const RunResult& run, const StepLog& steps) { (void)run, (void)steps; }
  // fuzz: places that race have turned up in an exhaustive search, which begins anew with them.
  virtual void begin_anew() {}
  // What the strategy knows at the end of the job. relacy: where a search by depth is.
  virtual void keep_strategy(std::string state, std::optional<Exploration> exploration) {
    (void)state, (void)exploration;
  }
  // The run is lost and so is this process (a hang, a crash that cannot be survived): reports
  // `result` and ends the worker. The supervisor starts another for the runs that are left.
  [[noreturn]] virtual void end_run_and_process(const RunResult& result) = 0;
};

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  // Does what need not be done in each process forked from this one; makes no thread. `host` is
  // that of all jobs.
  virtual void prepare(RunHost& host) { (void)host; }
  // In the process that others are forked from for one run each: does what these need not do then.
  // `like`: a job of their kind; `threads`: as many as runs have had, and more in a later call.
  // Nothing that a run could see may hang on whether this was called.
  virtual void expect(const Job& like, std::uint32_t threads) { (void)like, (void)threads; }
  // Executes the job's runs. Returns false if the search space was exhausted before.
  virtual bool execute(const Job& job, RunHost& host) = 0;
};

}  // namespace heddle
