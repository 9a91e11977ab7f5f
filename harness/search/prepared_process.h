// The same addresses in all workers of a program, where the system gives each new process others.
//
// Failures, races and recorded steps are compared between processes by their addresses. Container
// runtimes deny personality(ADDR_NO_RANDOMIZE), which makes addresses equal. So the program is
// started once there and stops before its main; workers are forked from that process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

#include "harness/runtime/channel_forks.h"

namespace heddle {

// Whether a process that this one starts has its program at the same addresses each time, if it
// asks for that. Found out once.
bool can_fix_addresses();

class PreparedProcess {
 public:
  // `process`: started with the other end of `socket` alone, see kChannelVariable.
  PreparedProcess(pid_t process, int socket) : pid_(process), socket_(socket) {}
  PreparedProcess(const PreparedProcess&) = delete;
  PreparedProcess& operator=(const PreparedProcess&) = delete;
  ~PreparedProcess();

  // Waits until the process may be asked for workers. False if it is not to be, or not in that
  // time.
  bool is_ready(std::chrono::milliseconds patience) const;
  // A worker that has these files: a child of this process, as if this process had forked it.
  // Nothing if the system has no more processes, or the prepared one has been killed.
  std::optional<pid_t> fork_worker(const WorkerFiles& files) const;
  pid_t pid() const { return pid_; }

 private:
  const pid_t pid_;
  const int socket_;
};

}  // namespace heddle
