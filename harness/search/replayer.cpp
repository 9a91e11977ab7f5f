#include "harness/search/replayer.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "fuzz/relacy_search.h"
#include "harness/search/checked_progress.h"
#include "harness/search/lost_run.h"

namespace heddle {

std::optional<StartError> Replayer::start() {
  if (worker_ != nullptr) return std::nullopt;
  auto started = WorkerProcess::start(options_);
  if (auto* error = std::get_if<StartError>(&started)) return *error;
  worker_ = std::move(std::get<std::unique_ptr<WorkerProcess>>(started));
  modules_ = worker_->modules();
  return std::nullopt;
}

std::chrono::milliseconds Replayer::patience() const {
  return std::chrono::milliseconds(expects_lost_ ? lost_ms_ / kLostPart : lost_ms_);
}

std::variant<JobDone, StartError> Replayer::replay(Job job) {
  job.replay = true;
  job.first_run = 0;
  job.runs = 1;
  if (auto error = start()) return *error;
  worker_->send(job);
  JobDone done;
  if (!worker_->wait(patience())) {
    done.outcome =
        worker_->is_suspended()
            ? suspended_by_signal()
            : Failed{.kind = FailureKind::hang, .message = "the run did not end", .places = {}};
    worker_.reset();
    return done;
  }
  auto message = worker_->receive();
  if (auto* reply = message.has_value() ? std::get_if<JobDone>(&*message) : nullptr) {
    done = std::move(*reply);
    if (done.error.has_value()) return StartError{*done.error};
    // Where the run ended its process, the next one needs another.
    const auto* failed = done.outcome.has_value() ? std::get_if<Failed>(&*done.outcome) : nullptr;
    if (failed != nullptr &&
        (failed->kind == FailureKind::signal || failed->kind == FailureKind::out_of_memory)) {
      worker_.reset();
    }
    return done;
  }
  if (message.has_value() && std::holds_alternative<Lost>(*message)) {
    // The last word of a worker that ended itself in the replay before.
    worker_.reset();
    return replay(std::move(job));
  }
  const std::string end = worker_->how_it_ended();
  if (auto outcome = worker_->out_of_memory()) {
    worker_.reset();
    done.outcome = *std::move(outcome);
    return done;
  }
  worker_.reset();
  done.outcome = Failed{.kind = FailureKind::signal, .message = "the process " + end, .places = {}};
  return done;
}

std::variant<Explored, StartError> Replayer::explore(
    Job job, std::uint64_t key, std::chrono::steady_clock::time_point deadline) {
  using std::chrono::steady_clock;
  const auto left_ms = [](steady_clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  };
  job.replay = false;
  job.record_trace = false;
  job.first_run = 0;
  job.strategy_state.clear();
  const std::uint64_t most_runs = job.runs;
  std::uint64_t runs = 0;
  Explored explored;
  // Anew each time that places which race turn up: they are scheduling points from then on.
  while (runs < most_runs && steady_clock::now() < deadline) {
    if (auto error = start()) return *error;
    SharedProgress& progress = worker_->progress();
    progress.stop = 0;
    job.runs = most_runs - runs;
    worker_->send(job);
    explored = {};
    std::optional<JobDone> done;
    while (!done.has_value()) {
      pollfd ready{.fd = worker_->descriptor(), .events = POLLIN, .revents = 0};
      if (poll(&ready, 1, left_ms(deadline)) == 0) {
        progress.stop = 1;
        // The run under way may take long, but not for ever.
        const auto given_up_at = steady_clock::now() + patience();
        if (!worker_->wait(std::chrono::milliseconds(left_ms(given_up_at)))) break;
      }
      auto message = worker_->receive();
      if (!message.has_value() || std::holds_alternative<Lost>(*message)) break;
      if (auto* described = std::get_if<Described>(&*message)) {
        if (described->key != key || !described->schedule.has_value()) continue;
        explored.failing = std::move(described->schedule);
        explored.failing_state = std::move(described->relacy_state);
        progress.stop = 1;
      } else if (auto* last = std::get_if<JobDone>(&*message)) {
        done = std::move(*last);
      }
    }
    if (!done.has_value()) {
      worker_.reset();
      // It died in a run: the search through the others cannot go on from there, unless each run
      // has a process that may die.
      if (job.isolation == Isolation::process || explored.failing.has_value()) return explored;
      job.isolation = Isolation::process;
      continue;
    }
    if (done->error.has_value()) return StartError{*done->error};
    if (!is_plausible(progress, {0, job.runs})) {
      worker_.reset();
      return explored;
    }
    runs += progress.runs_done + progress.runs_redundant;
    explored.failed = progress.runs_failed + progress.runs_failed_late;
    bool learned = false;
    for (std::uint32_t i = 0; i < progress.racy_used; ++i) {
      const Address pc = progress.racy[i];
      if (std::find(job.racy_pcs.begin(), job.racy_pcs.end(), pc) != job.racy_pcs.end()) continue;
      job.racy_pcs.push_back(pc);
      learned = true;
    }
    ClaimGrounds& grounds = explored.grounds;
    grounds.exploration = done->exploration.value_or(Exploration{});
    grounds.ended = grounds.exploration.complete && !learned;
    grounds.failed = explored.failing.has_value() ? 1 : 0;
    grounds.gave_up = progress.runs_gave_up;
    grounds.repeatable = !done->divergence.has_value();
    grounds.features = done->features;
    if (job.engine == EngineKind::relacy) {
      const auto search = parse_relacy_search(job.relacy_search).value_or(RelacySearch{});
      grounds.engine = EngineKind::relacy;
      grounds.ended = done->exhausted;
      grounds.preemption_bound = search.bound;
      grounds.outside_choices = search.choices;
      grounds.runs = progress.runs_done;
      grounds.exploration.executions = progress.runs_done;
    }
    explored.complete = grounds.ended && !grounds.exploration.limited && grounds.gave_up == 0 &&
                        !explored.failing.has_value();
    if (explored.failing.has_value() || !learned) break;
  }
  return explored;
}

std::string output_of(WorkerOptions options, const Job& replay, std::uint32_t lost_ms) {
  options.output = memfd_create("heddle-output", MFD_CLOEXEC);
  if (options.output < 0) return {};
  const bool executed = std::holds_alternative<JobDone>(Replayer(options, lost_ms).replay(replay));
  std::string output;
  std::array<char, 4096> part;
  lseek(options.output, 0, SEEK_SET);
  for (ssize_t size = 0; (size = read(options.output, part.data(), part.size())) > 0;) {
    output.append(part.data(), static_cast<std::size_t>(size));
  }
  close(options.output);
  return executed ? output : std::string();
}

const Failed* failure_with(const JobDone& run, std::uint64_t key) {
  for (const Failed& report : run.reports) {
    if (failure_key(report) == key) return &report;
  }
  const auto* failed = run.outcome.has_value() ? std::get_if<Failed>(&*run.outcome) : nullptr;
  return failed != nullptr && failure_key(*failed) == key ? failed : nullptr;
}

bool shows_failure(const JobDone& run, std::uint64_t key) {
  return failure_with(run, key) != nullptr;
}

}  // namespace heddle
