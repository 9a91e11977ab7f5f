#include "harness/runtime/channel_jobs.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "harness/engine/native/raw_system.h"

namespace heddle {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kNoMoreProcesses = "the system has no more processes";

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// For who waits for this process: as that one has ended.
[[noreturn]] void end_likewise(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    signal(WTERMSIG(wait_status), SIG_DFL);
    kill(getpid(), WTERMSIG(wait_status));
  }
  _exit(WEXITSTATUS(wait_status));
}

void add_racy(std::vector<Address>& racy, const SharedProgress& progress) {
  for (std::uint32_t i = 0; i < progress.racy_used; ++i) {
    const Address pc = progress.racy[i];
    const auto at = std::lower_bound(racy.begin(), racy.end(), pc);
    if (at == racy.end() || *at != pc) racy.insert(at, pc);
  }
}

bool walks_by_depth(const Job& job) {
  return job.engine == EngineKind::relacy && job.relacy_search != "random";
}

}  // namespace

JobDone JobServer::serve(const Job& job) {
  host_.begin_job(job);
  if (!setup_.refusal.empty()) {
    host_.done().error = setup_.refusal;
    return std::move(host_.done());
  }
  // Forked from what this process was before.
  const bool apart = job.isolation == Isolation::process && !setup_.engine_forks;
  if (!apart && (job.isolation == Isolation::memory || left_behind_.empty())) drop_ready();
  if (job.isolation == Isolation::memory || setup_.engine_forks) return execute(job);
  if (job.isolation == Isolation::process) return execute_apart(job);
  Rest rest;
  if (left_behind_.empty()) {
    rest = serve_in_child(job);
    left_behind_ = rest.done.left_behind;
  } else {
    rest.job = job;
  }
  JobDone done = std::move(rest.done);
  if (rest.job.runs != 0) {
    done = execute_apart(rest.job);
    done.features |= rest.done.features;
    if (!done.divergence.has_value()) done.divergence = std::move(rest.done.divergence);
  }
  done.left_behind = left_behind_;
  return done;
}

Engine* JobServer::engine_of(EngineKind kind) {
  auto& engine = engines_[kind];
  if (engine == nullptr) engine = setup_.make_engine(kind);
  return engine.get();
}

JobDone JobServer::execute(const Job& job) {
  Engine* const engine = engine_of(job.engine);
  if (engine == nullptr) {
    host_.done().error = "this worker has no such engine";
  } else {
    host_.done().exhausted = !engine->execute(job, host_);
  }
  if (setup_.features) host_.done().features = setup_.features();
  return std::move(host_.done());
}

pid_t JobServer::fork_for(const std::function<void(Channel& parent)>& child,
                          Channel& channel) const {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    // A worker that is killed must not leave its runs behind.
    native::system_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
    Channel parent(setup_.keep_descriptor(ends[1]));
    child(parent);
    _exit(0);
  }
  close(ends[1]);
  channel = Channel(ends[0]);
  return pid;
}

JobServer::Rest JobServer::rest_of(const Job& job, JobDone done) const {
  Rest rest{.done = std::move(done), .job = job};
  const std::uint64_t executed = progress_.runs_done + progress_.runs_redundant;
  rest.job.first_run += executed;
  rest.job.runs -= std::min(executed, job.runs);
  rest.job.strategy_state = rest.done.strategy_state;
  const bool over = job.replay || rest.done.exhausted || rest.done.begins_anew ||
                    rest.done.error.has_value() || progress_.stop != 0;
  if (over) rest.job.runs = 0;
  return rest;
}

void JobServer::serve_as_child(Job job, Channel& parent) {
  for (;;) {
    host_.begin_job(job);
    JobDone done = execute(job);
    if (!host_.fit()) {
      const Rest rest = rest_of(job, std::move(done));
      parent.send(rest.job);
      parent.send(WorkerMessage(rest.done));
      _exit(0);
    }
    supervisor_.send(WorkerMessage(std::move(done)));
    std::optional<Job> next = supervisor_.receive_job();
    if (!next.has_value()) _exit(0);
    job = std::move(*next);
  }
}

void JobServer::prepare_to_fork(bool for_one_run) {
  if (for_one_run == forks_for_one_run_) return;
  forks_for_one_run_ = for_one_run;
  setup_.prepare_to_fork(for_one_run);
}

JobServer::Rest JobServer::serve_in_child(const Job& job) {
  prepare_to_fork(false);
  Channel channel(-1);
  const pid_t pid = fork_for([&](Channel& parent) { serve_as_child(job, parent); }, channel);
  if (pid < 0) {
    Rest nothing;
    nothing.done.error = kNoMoreProcesses;
    nothing.job.runs = 0;
    return nothing;
  }
  std::optional<Job> rest = channel.receive_job();
  auto message = rest.has_value() ? channel.receive_message() : std::nullopt;
  close(channel.descriptor());
  const int status = wait_for(pid);
  auto* done = message.has_value() ? std::get_if<JobDone>(&*message) : nullptr;
  // It has ended in a run, or said its last word itself.
  if (done == nullptr) end_likewise(status);
  if (walks_by_depth(job)) {
    search_state_ = done->strategy_state;
    next_run_ = rest->first_run;
  }
  return {.done = std::move(*done), .job = std::move(*rest)};
}

void JobServer::serve_one_run(Channel& parent) {
  host_.report_to(parent);
  const std::optional<Job> job = parent.receive_job();
  if (!job.has_value()) _exit(0);
  host_.continue_job(*job);
  // What it shares with the processes of earlier runs.
  setup_.put_back();
  parent.send(WorkerMessage(execute(*job)));
  _exit(0);
}

void JobServer::make_ready(const Job& like) {
  Engine* const engine = engine_of(like.engine);
  if (threads_ > expected_ && engine != nullptr) engine->expect(like, threads_);
  expected_ = std::max(expected_, threads_);
  Channel channel(-1);
  const pid_t pid = fork_for([&](Channel& parent) { serve_one_run(parent); }, channel);
  // Out of the way of what a process that is forked later has for its run.
  if (pid >= 0) channel = Channel(setup_.keep_descriptor(channel.descriptor()));
  ready_ = {.pid = pid, .channel = channel, .engine = like.engine};
}

void JobServer::drop_ready() {
  if (ready_.pid < 0) return;
  kill(ready_.pid, SIGKILL);
  wait_for(ready_.pid);
  close(ready_.channel.descriptor());
  ready_ = {};
}

JobDone JobServer::execute_one_apart(const Job& job, bool more) {
  progress_.in_run = 0;
  progress_.deviations_used = 0;
  host_.continue_job(job);
  if (ready_.engine != job.engine) drop_ready();
  if (ready_.pid < 0) make_ready(job);
  if (ready_.pid < 0) {
    host_.done().error = kNoMoreProcesses;
    return std::move(host_.done());
  }
  Ready run = std::exchange(ready_, Ready{});
  run.channel.send(job);
  if (more) make_ready(job);
  auto message = run.channel.receive_message();
  close(run.channel.descriptor());
  const int wait_status = wait_for(run.pid);
  threads_ = std::max(threads_, progress_.most_threads.load());
  if (auto* done = message.has_value() ? std::get_if<JobDone>(&*message) : nullptr) {
    return std::move(*done);
  }
  // The end of its process is a failure of the run. The next goes on by what was known before.
  host_.run_died(wait_status);
  host_.done().strategy_state = job.strategy_state;
  return std::move(host_.done());
}

JobDone JobServer::execute_apart(Job job) {
  const auto begin = Clock::now();
  job.count_from = job.first_run;
  const std::uint64_t end = job.first_run + job.runs;
  const bool walks = walks_by_depth(job) && !job.replay;
  if (walks && job.first_run == next_run_) {
    job.strategy_state = search_state_;
  } else if (walks) {
    job.first_run = 0;
    job.strategy_state.clear();
  }
  const bool learns_racy = job.learns_racy;
  job.runs = 1;
  job.last_of_process = true;
  // As it is for the first run of a process.
  if (!is_restored_) {
    setup_.restore();
    setup_.put_back();
  }
  is_restored_ = true;
  prepare_to_fork(true);
  if (Engine* const engine = engine_of(job.engine)) engine->prepare(host_);
  JobDone all;
  bool over = false;
  for (; job.first_run < end && !over; ++job.first_run) {
    if (learns_racy) add_racy(job.racy_pcs, progress_);
    JobDone done = execute_one_apart(job, job.first_run + 1 < end);
    job.strategy_state = done.strategy_state;
    over = done.exhausted || done.begins_anew || done.error.has_value() || progress_.stop != 0;
    ++all.own_processes;
    done.features |= all.features;
    done.own_processes = all.own_processes;
    if (all.divergence.has_value()) done.divergence = std::move(all.divergence);
    all = std::move(done);
  }
  if (walks) {
    search_state_ = job.strategy_state;
    next_run_ = job.first_run;
  }
  all.own_process_ns = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count());
  all.left_behind.clear();
  return all;
}

}  // namespace heddle
