// Which process executes the runs of a job: this one; or one forked from it, as long as what its
// runs leave behind is put back; or one for each run.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "harness/runtime/channel.h"
#include "harness/runtime/channel_host.h"
#include "harness/runtime/channel_worker.h"

namespace heddle {

class JobServer {
 public:
  // `setup` must outlive this. To be called before there is any thread but the calling one.
  JobServer(const WorkerSetup& setup, Channel& supervisor, SharedProgress& progress)
      : setup_(setup),
        supervisor_(supervisor),
        progress_(progress),
        host_(setup, supervisor, progress) {}

  // Executes the job. What an engine has of earlier jobs serves those that follow.
  JobDone serve(const Job& job);

 private:
  // What a process that may not go on leaves to its parent.
  struct Rest {
    JobDone done;
    Job job;  // with the runs that are left; none if it has no runs
  };

  // Null for one that this library does not have.
  Engine* engine_of(EngineKind kind);
  JobDone execute(const Job& job);
  // In a process of its own, which serves jobs until one cannot be ended there.
  Rest serve_in_child(const Job& job);
  [[noreturn]] void serve_as_child(Job job, Channel& parent);
  Rest rest_of(const Job& job, JobDone done) const;
  // A process for each run.
  JobDone execute_apart(Job job);
  JobDone execute_one_apart(const Job& job, bool more);
  // One that waits to be told the job of its run; `like`: a job of its kind.
  void make_ready(const Job& like);
  void drop_ready();
  [[noreturn]] void serve_one_run(Channel& parent);
  void prepare_to_fork(bool for_one_run);
  // Executes `child` in a forked process, which ends with it.
  pid_t fork_for(const std::function<void(Channel& parent)>& child, Channel& channel) const;

  const WorkerSetup& setup_;
  Channel& supervisor_;
  SharedProgress& progress_;
  WorkerHost host_;
  std::map<EngineKind, std::unique_ptr<Engine>> engines_;
  bool is_restored_ = false;
  bool forks_for_one_run_ = false;  // what this process was prepared for last
  // A process that waits for its run, made while the one before was under way.
  struct Ready {
    pid_t pid = -1;  // -1: there is none
    Channel channel{-1};
    EngineKind engine = EngineKind::fuzz;
  };
  Ready ready_;
  std::uint32_t threads_ = 0;   // the most that a run in a process of its own has had
  std::uint32_t expected_ = 0;  // as many the engine was told to expect
  std::string left_behind_;     // by a run; from then on each has a process
  // Where Relacy's search by depth is: it finds a run by those before it.
  std::uint64_t next_run_ = 0;
  std::string search_state_;
};

}  // namespace heddle
