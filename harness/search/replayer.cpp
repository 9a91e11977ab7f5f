#include "harness/search/replayer.h"

#include <poll.h>

namespace heddle {

std::variant<JobDone, StartError> Replayer::replay(Job job) {
  job.replay = true;
  job.first_run = 0;
  job.runs = 1;
  if (worker_ == nullptr) {
    auto started = WorkerProcess::start(options_);
    if (auto* error = std::get_if<StartError>(&started)) return *error;
    worker_ = std::move(std::get<std::unique_ptr<WorkerProcess>>(started));
    modules_ = worker_->modules();
  }
  worker_->send(job);
  pollfd ready{.fd = worker_->descriptor(), .events = POLLIN, .revents = 0};
  JobDone done;
  if (poll(&ready, 1, static_cast<int>(lost_ms_)) == 0) {
    worker_.reset();
    done.outcome =
        Failed{.kind = FailureKind::hang, .message = "the run did not end", .places = {}};
    return done;
  }
  auto message = worker_->receive();
  if (auto* reply = message.has_value() ? std::get_if<JobDone>(&*message) : nullptr) {
    done = std::move(*reply);
    if (done.error.has_value()) return StartError{*done.error};
    // Where the run ended its process, the next one needs another.
    const auto* failed = done.outcome.has_value() ? std::get_if<Failed>(&*done.outcome) : nullptr;
    if (failed != nullptr && failed->kind == FailureKind::signal) worker_.reset();
    return done;
  }
  if (message.has_value() && std::holds_alternative<Lost>(*message)) {
    // The last word of a worker that ended itself in the replay before.
    worker_.reset();
    return replay(std::move(job));
  }
  const std::string end = worker_->how_it_ended();
  worker_.reset();
  done.outcome = Failed{.kind = FailureKind::signal, .message = "the process " + end, .places = {}};
  return done;
}

bool shows_failure(const JobDone& run, std::uint64_t key) {
  for (const Failed& report : run.reports) {
    if (failure_key(report) == key) return true;
  }
  const auto* failed = run.outcome.has_value() ? std::get_if<Failed>(&*run.outcome) : nullptr;
  return failed != nullptr && failure_key(*failed) == key;
}

}  // namespace heddle
