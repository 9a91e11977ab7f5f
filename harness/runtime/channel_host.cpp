#include "harness/runtime/channel_host.h"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "harness/model/process_end.h"

namespace heddle {
namespace {

void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) {
  // This process is the only writer: a plain addition, not a locked one.
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

}  // namespace

void WorkerHost::begin_job(const Job& job) {
  continue_job(job);
  progress_.begin_job();
}

void WorkerHost::continue_job(const Job& job) {
  replay_ = job.replay;
  keeps_process_ = job.isolation == Isolation::memory;
  count_from_ = job.count_from;
  if (setup_.limit_memory != nullptr) setup_.limit_memory(job.memory, job.engine);
  done_ = {};
  is_put_back_ = false;
}

void WorkerHost::restore() {
  if (parent_ != nullptr) return;
  // Most runs follow one that was put back at its end.
  if (!is_put_back_) put_back();
  is_put_back_ = false;
  setup_.restore();
}

bool WorkerHost::put_back() {
  // Of interest is what is needed to say how the run went.
  if (parent_ != nullptr && supervisor_.is_open() && parent_->is_open()) return true;
  if (!setup_.put_back() && !keeps_process_) {
    fit_ = false;
    if (done_.left_behind.empty()) done_.left_behind = left_behind();
  }
  is_put_back_ = true;
  return fit_;
}

void WorkerHost::had_own_process(std::string_view left_behind) {
  ++done_.own_processes;
  if (done_.left_behind.empty()) done_.left_behind = left_behind;
}

void WorkerHost::begin_run(std::uint64_t run) {
  is_first_ = !has_run_ && !setup_.engine_forks;
  has_run_ = true;
  sample_.reset();
  progress_.first_of_process.store(is_first_ ? 1 : 0, std::memory_order_relaxed);
  progress_.current_run.store(run, std::memory_order_relaxed);
  progress_.kills_itself.store(0, std::memory_order_relaxed);
  progress_.in_run.store(1, std::memory_order_release);
}

bool WorkerHost::end_run(const RunResult& result) {
  // Before anything is sent: the run may have closed the channel.
  put_back();
  account(result);
  return progress_.stop.load(std::memory_order_relaxed) == 0 && !done_.error.has_value() && fit_;
}

void WorkerHost::end_run_and_process(const RunResult& result) {
  put_back();
  account(result);
  if (parent_ != nullptr) {
    parent_->send(WorkerMessage(std::move(done_)));
  } else {
    if (replay_) supervisor_.send(WorkerMessage(std::move(done_)));
    supervisor_.send(WorkerMessage(Lost{}));
  }
  _exit(0);
}

void WorkerHost::run_died(int wait_status) {
  if (progress_.in_run == 0) {
    done_.error = "the process of a run " + describe_end(wait_status) + " before it began";
    return;
  }
  RunResult result;
  result.run = progress_.current_run;
  result.first_of_process = true;
  result.outcome = Failed{.kind = FailureKind::signal,
                          .message = "the process " + describe_end(wait_status),
                          .places = {}};
  const std::uint32_t used = progress_.deviations_used;
  if (used <= SharedProgress::kDeviations) {
    result.schedule = Schedule{{progress_.deviations, progress_.deviations + used}};
  }
  account(result);
}

LiveSchedule WorkerHost::live_schedule() {
  return {.entries = progress_.deviations,
          .capacity = SharedProgress::kDeviations,
          .count = &progress_.deviations_used};
}

void WorkerHost::learn_racy(Address pc) {
  const std::uint32_t used = progress_.racy_used.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < used; ++i) {
    if (progress_.racy[i].load(std::memory_order_relaxed) == pc) return;
  }
  if (used == SharedProgress::kRacy) return;
  progress_.racy[used].store(pc, std::memory_order_relaxed);
  progress_.racy_used.store(used + 1, std::memory_order_release);
}

void WorkerHost::report_divergence(const Divergence& divergence) {
  if (!done_.divergence.has_value()) done_.divergence = divergence;
}

void WorkerHost::keep_strategy(std::string state, std::optional<Exploration> exploration) {
  done_.strategy_state = std::move(state);
  done_.exploration = std::move(exploration);
}

void WorkerHost::report_sample(const RunResult& run, const StepLog& steps) {
  const bool finished =
      std::holds_alternative<Passed>(run.outcome) || std::holds_alternative<Failed>(run.outcome);
  if (!finished || run.redundant || run.run < count_from_) return;
  sample_ = Sampled{.run = run.run,
                    .failed = run.failed(),
                    .steps = run.steps,
                    .log = steps.for_other_processes(),
                    .schedule = run.schedule,
                    .relacy_state = run.relacy_state};
}

void WorkerHost::account(const RunResult& result) {
  if (result.run < count_from_) {
    progress_.in_run.store(0, std::memory_order_release);
    return;
  }
  if (const auto* error = std::get_if<HarnessError>(&result.outcome)) {
    done_.error = error->message;
    progress_.in_run.store(0, std::memory_order_release);
    return;
  }
  // Races that such a run has shown are those of the runs that it repeats.
  if (result.redundant) {
    add(progress_.runs_redundant, 1);
    progress_.in_run.store(0, std::memory_order_release);
    return;
  }
  if (const auto* gave_up = std::get_if<GaveUp>(&result.outcome)) {
    // Each job tells of the first.
    if (progress_.runs_gave_up.load() == 0 && !replay_) report_limit(result, *gave_up);
    add(progress_.runs_gave_up, 1);
  }
  if (result.first_of_process) is_first_ = true;
  if (result.failed_late()) {
    add(progress_.runs_failed_late, 1);
  } else if (result.failed()) {
    if (progress_.runs_failed.load(std::memory_order_relaxed) == 0) {
      progress_.first_failed_run.store(result.run, std::memory_order_relaxed);
    }
    add(progress_.runs_failed, 1);
  }
  if (result.failed()) {
    for (const Failed& report : result.reports) describe(result, report);
    for (const std::uint64_t key : result.known_reports) count(key, result.run);
    if (result.known_end.has_value()) count(*result.known_end, result.run);
    if (const auto* failed = std::get_if<Failed>(&result.outcome)) describe(result, *failed);
  }
  add(progress_.steps, result.steps);
  add(progress_.decisions, result.decisions);
  if (result.decisions < progress_.fewest_decisions.load(std::memory_order_relaxed)) {
    progress_.fewest_decisions.store(result.decisions, std::memory_order_relaxed);
  }
  if (result.decisions > progress_.most_decisions.load(std::memory_order_relaxed)) {
    progress_.most_decisions.store(result.decisions, std::memory_order_relaxed);
  }
  if (result.fingerprint != 0) progress_.interleavings.add(result.fingerprint, result.run);
  if (result.threads > progress_.most_threads.load(std::memory_order_relaxed)) {
    progress_.most_threads.store(result.threads, std::memory_order_relaxed);
  }
  if (replay_) {
    done_.outcome = result.outcome;
    done_.reports = result.reports;
    done_.schedule = result.schedule;
    done_.trace = result.trace;
    done_.decisions = result.log;
    done_.steps = result.steps;
    done_.outside_choices = result.outside_choices;
    if (sample_.has_value()) done_.log = std::move(sample_->log);
  } else if (sample_.has_value() &&
             progress_.deviations_used.load() <= SharedProgress::kDeviations) {
    supervisor_.send(WorkerMessage(*std::move(sample_)));
  }
  sample_.reset();
  if (is_first_) add(progress_.first_runs, 1);
  add(progress_.runs_done, 1);
  progress_.in_run.store(0, std::memory_order_release);
}

void WorkerHost::describe(const RunResult& result, const Failed& failure) {
  const std::uint64_t key = failure_key(failure);
  if (!count(key, result.run) || replay_) return;
  Described described{
      .key = key, .run = result.run, .failure = failure, .relacy_state = result.relacy_state};
  if (progress_.deviations_used.load() <= SharedProgress::kDeviations) {
    described.schedule = result.schedule;
  }
  supervisor_.send(WorkerMessage(std::move(described)));
}

void WorkerHost::report_limit(const RunResult& result, const GaveUp& limit) {
  LimitReached reached{.run = result.run, .limit = limit, .beginning = {}};
  const auto& all = result.schedule.deviations;
  const std::size_t count = std::min(all.size(), LimitReached::kDeviations);
  reached.beginning.deviations.assign(all.begin(),
                                      all.begin() + static_cast<std::ptrdiff_t>(count));
  supervisor_.send(WorkerMessage(std::move(reached)));
}

bool WorkerHost::count(std::uint64_t key, std::uint64_t run) {
  // The list is the supervisor's too, and that of other processes which execute runs of this job.
  const std::uint32_t slot = progress_.failures_used.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < slot; ++i) {
    if (progress_.failures[i].key.load(std::memory_order_relaxed) != key) continue;
    add(progress_.failures[i].count, 1);
    if (is_first_) add(progress_.failures[i].in_first_runs, 1);
    return false;
  }
  if (slot == SharedProgress::kFailures) return false;
  progress_.failures[slot].key.store(key, std::memory_order_relaxed);
  progress_.failures[slot].count.store(1, std::memory_order_relaxed);
  progress_.failures[slot].first_run.store(run, std::memory_order_relaxed);
  progress_.failures[slot].in_first_runs.store(is_first_ ? 1 : 0, std::memory_order_relaxed);
  progress_.failures_used.store(slot + 1, std::memory_order_release);
  return true;
}

}  // namespace heddle
