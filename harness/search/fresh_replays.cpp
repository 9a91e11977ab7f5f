#include "harness/search/fresh_replays.h"

#include <algorithm>
#include <utility>

#include "harness/search/lost_run.h"

namespace heddle {
namespace {

// Of a failure whose run went otherwise in each fresh process: the schedule does not settle it, so
// that one run without it says little.
constexpr int kMostTries = 8;

// Of several accesses that race with one, which is told hangs on what a process remembers.
bool both_race(const Failed& failure, const JobDone& run) {
  if (failure.kind != FailureKind::data_race) return false;
  return std::any_of(run.reports.begin(), run.reports.end(), [&](const Failed& other) {
    return other.kind == FailureKind::data_race &&
           std::any_of(other.places.begin(), other.places.end(), [&](const Place& place) {
             return std::any_of(failure.places.begin(), failure.places.end(),
                                [&](const Place& mine) { return mine.op.pc == place.op.pc; });
           });
  });
}

// Where it was when it had had too much hangs on what the system gave and when.
bool both_out_of_memory(const Failed& seen, const JobDone& run) {
  const auto* failed = run.outcome.has_value() ? std::get_if<Failed>(&*run.outcome) : nullptr;
  return failed != nullptr && failed->kind == FailureKind::out_of_memory &&
         seen.kind == FailureKind::out_of_memory;
}

// A run that did not end is called by another name, according to who has waited for it.
bool both_hang(const Failed& seen, const JobDone& run) {
  const auto* failed = run.outcome.has_value() ? std::get_if<Failed>(&*run.outcome) : nullptr;
  return failed != nullptr && failed->kind == FailureKind::hang && seen.kind == FailureKind::hang &&
         (failed->places.empty() || seen.places.empty());
}

}  // namespace

bool has_failed(const JobDone& run) {
  return !run.reports.empty() ||
         (run.outcome.has_value() && std::holds_alternative<Failed>(*run.outcome));
}

FreshReplays::FreshReplays(const WorkerOptions& worker, const Job& job, std::uint32_t lost_ms)
    : worker_(worker), job_(job), lost_ms_(lost_ms) {}

FreshReplays::~FreshReplays() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void FreshReplays::want(std::uint64_t key, const Failed& failure, const Token& token) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = tried_.find(key);
    if (at != tried_.end() && (at->second.token == token || !at->second.repetition.has_value())) {
      // Another token while the first is tried: asked for again at the end of the epoch.
      return;
    }
    if (at == tried_.end() && tried_.size() == kMostFailures) return;
    tried_[key] = {.token = token, .repetition = {}};
    ++failures_left_;
  }
  queue(Failure{.key = key, .failure = failure, .token = token});
}

void FreshReplays::want(Sampled sample) {
  {
    const std::lock_guard lock(mutex_);
    ++samples_wanted_;
  }
  queue(std::move(sample));
}

void FreshReplays::queue(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  }
  changed_.notify_all();
}

void FreshReplays::wait_until(const std::function<bool()>& done) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, done);
}

void FreshReplays::wait_for_failures() {
  wait_until([this] { return failures_left_ == 0; });
}

void FreshReplays::wait_for_older_samples() {
  wait_until([this] { return samples_done_ >= older_samples_; });
  const std::lock_guard lock(mutex_);
  older_samples_ = samples_wanted_;
}

void FreshReplays::wait_for_all() {
  wait_until([this] { return failures_left_ == 0 && samples_done_ == samples_wanted_; });
}

Repetition FreshReplays::repetition(std::uint64_t key) const {
  const std::lock_guard lock(mutex_);
  const auto at = tried_.find(key);
  return at == tried_.end() ? Repetition::not_tried
                            : at->second.repetition.value_or(Repetition::not_tried);
}

std::optional<SampleDifference> FreshReplays::difference() const {
  const std::lock_guard lock(mutex_);
  return difference_;
}

std::optional<SampleReference> FreshReplays::reference() const {
  const std::lock_guard lock(mutex_);
  return reference_;
}

std::optional<Divergence> FreshReplays::difference_of(const Sampled& seen, const Sampled& fresh) {
  if (auto steps = StepLog::first_difference(seen.run, seen.log, fresh.log)) return steps;
  // How many steps it took says nothing: the libraries do some things once in a process, in the
  // program's steps (a stream looks for its locale's facets).
  if (seen.failed == fresh.failed) return std::nullopt;
  // The same steps as far as they were kept.
  return Divergence{.run = seen.run, .step = seen.log.size(), .first = {}, .second = {}};
}

void FreshReplays::work() {
  Replayer replayer(worker_, lost_ms_);
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ends_ || !tasks_.empty(); });
    if (ends_) return;
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    if (const auto* failure = std::get_if<Failure>(&task)) {
      replayer.expect_lost(is_lost(failure->failure));
      const Repetition repetition = try_failure(replayer, *failure);
      replayer.expect_lost(false);
      lock.lock();
      tried_[failure->key].repetition = repetition;
      --failures_left_;
    } else {
      compare(replayer, std::get<Sampled>(task));
      lock.lock();
      ++samples_done_;
    }
    lock.unlock();
    changed_.notify_all();
  }
}

Job FreshReplays::job_for(const Schedule& schedule, const std::string& relacy_state) const {
  Job job = job_;
  job.replay = true;
  job.isolation = Isolation::process;
  job.strategy_state.clear();
  job.record_steps = true;
  job.schedule = schedule;
  job.relacy_state = relacy_state;
  return job;
}

Repetition FreshReplays::try_failure(Replayer& replayer, const Failure& task) const {
  const Job job = job_for(task.token.schedule, task.token.relacy_state);
  std::optional<StepLog> first;
  for (int i = 0; i < kMostTries; ++i) {
    const auto run = replayer.replay(job);
    const auto* done = std::get_if<JobDone>(&run);
    if (done == nullptr) return Repetition::not_tried;
    if (shows_failure(*done, task.key) || both_hang(task.failure, *done) ||
        both_race(task.failure, *done) || both_out_of_memory(task.failure, *done)) {
      return Repetition::shown;
    }
    if (first.has_value() && *first == done->log) return Repetition::absent;
    if (!first.has_value()) first = done->log;
  }
  return Repetition::absent;
}

std::optional<Sampled> FreshReplays::repeat(Replayer& replayer, const Sampled& sample) const {
  auto run = replayer.replay(job_for(sample.schedule, sample.relacy_state));
  auto* done = std::get_if<JobDone>(&run);
  if (done == nullptr) return std::nullopt;
  Sampled fresh = sample;
  fresh.failed = has_failed(*done);
  fresh.steps = done->steps;
  fresh.log = std::move(done->log);
  return fresh;
}

void FreshReplays::compare(Replayer& replayer, const Sampled& sample) {
  const auto fresh = repeat(replayer, sample);
  if (!fresh.has_value()) return;
  const auto divergence = difference_of(sample, *fresh);
  if (!divergence.has_value()) {
    const std::lock_guard lock(mutex_);
    reference_ = {.sample = *fresh, .job = job_for(sample.schedule, sample.relacy_state)};
    return;
  }
  const auto again = repeat(replayer, sample);
  const bool of_program = again.has_value() && difference_of(*fresh, *again).has_value();
  const std::lock_guard lock(mutex_);
  if (!difference_.has_value() || divergence->run < difference_->divergence.run) {
    difference_ = {.divergence = *divergence, .of_program = of_program};
  }
}

}  // namespace heddle
