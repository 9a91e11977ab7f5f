// The worker's side of a job, for the engine that executes it: counts runs, describes failures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/runtime/channel.h"
#include "harness/runtime/channel_worker.h"

namespace heddle {

class WorkerHost final : public RunHost {
 public:
  // `supervisor`: who is told of failures and limits.
  WorkerHost(const WorkerSetup& setup, Channel& supervisor, SharedProgress& progress)
      : setup_(setup), supervisor_(supervisor), progress_(progress) {}

  // A new job, of which nothing has been counted.
  void begin_job(const Job& job);
  // Goes on with one that another process has begun, or has a part of.
  void continue_job(const Job& job);
  // The process is one for a single run, which finds all as it was before main. What it has to say
  // at its end goes to `parent`, and not to the supervisor.
  void report_to(Channel& parent) { parent_ = &parent; }

  const Program& program() const override { return setup_.program; }
  void restore() override;
  bool put_back() override;
  void begin_run(std::uint64_t run) override;
  bool end_run(const RunResult& result) override;
  [[noreturn]] void end_run_and_process(const RunResult& result) override;
  LiveSchedule live_schedule() override;
  void learn_racy(Address pc) override;
  void report_divergence(const Divergence& divergence) override;
  void report_sample(const RunResult& run, const StepLog& steps) override;
  void begin_anew() override { done_.begins_anew = true; }
  void keep_strategy(std::string state, std::optional<Exploration> exploration) override;
  std::string left_behind() const override { return setup_.left_behind(); }
  void had_own_process(std::string_view left_behind) override;

  // The process of the run under way has died.
  void run_died(int wait_status);

  // What was left behind makes this process unfit for another run.
  bool fit() const { return fit_; }
  JobDone& done() { return done_; }

 private:
  void account(const RunResult& result);
  void describe(const RunResult& result, const Failed& failure);
  void report_limit(const RunResult& result, const GaveUp& limit);
  // Returns whether it is the first with this key in this job.
  bool count(std::uint64_t key, std::uint64_t run);

  const WorkerSetup& setup_;
  Channel& supervisor_;
  SharedProgress& progress_;
  Channel* parent_ = nullptr;
  bool replay_ = false;
  bool keeps_process_ = false;  // whatever is left behind
  bool is_put_back_ = false;    // since the last run of this job
  bool fit_ = true;
  bool has_run_ = false;           // this process
  bool is_first_ = false;          // the run under way is the first of its process
  std::optional<Sampled> sample_;  // of the run under way
  std::uint64_t count_from_ = 0;
  JobDone done_;
};

}  // namespace heddle
