// One worker: the program under test in a process of its own, with Heddle inside.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/runtime/channel.h"
#include "harness/search/memory_watch.h"

namespace heddle {

struct WorkerOptions {
  std::string program;            // path
  std::vector<std::string> args;  // without the program's own name
  bool tsan = false;              // the delay layer in front of the real ThreadSanitizer
  bool show_output = false;       // else the program's output goes nowhere
  int output = -1;                // or a descriptor that gets what it prints
  bool errors_too = false;        // and what it writes to standard error
  std::string input;              // file that is its standard input; without one, that is empty
  bool google_test = false;       // see quiet_google_test()
  std::string library_dir;        // where libheddle.so is
  // Set, by whomever, when nobody waits for a start any more; null: somebody always does.
  const std::atomic<bool>* interrupted = nullptr;
};

struct StartError {
  std::string message;
};

class WorkerProcess {
 public:
  // One that is killed from outside before it has begun is started anew.
  static std::variant<std::unique_ptr<WorkerProcess>, StartError> start(
      const WorkerOptions& options);

  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();  // kills what still runs

  const std::vector<Module>& modules() const { return modules_; }
  SharedProgress& progress() { return *progress_; }

  // The worker is ended once it has more than Job::memory.
  bool send(const Job& job) {
    memory_.set_limit(job.memory, job.engine);
    return channel_.send(job);
  }
  // The next message; nothing if the worker is gone, or has sent what is none, or part of one and
  // no more for ten seconds. Waits for it.
  std::optional<WorkerMessage> receive() { return channel_.receive_message(); }
  int descriptor() const { return channel_.descriptor(); }

  void kill();
  // Whether a signal (SIGSTOP) has suspended it, or a process that it makes its runs in, for as
  // long as some calls of this: it does not go on by itself.
  bool is_suspended();
  // Waits for what receive() would give. False if nothing came in that time, or it is suspended.
  bool wait(std::chrono::milliseconds patience);
  // Waits for the process, which should be gone or going, and says how it ended, e.g. "was killed
  // by signal 9 (SIGKILL)". One that goes on for seconds, deaf, is killed, and this is said.
  std::string how_it_ended();
  // After how_it_ended(): somebody else sent SIGKILL, be it the program, a person or the system.
  bool was_killed() const { return was_killed_; }
  // Likewise: what is said of a run that had more memory than it may. Nothing where that is not how
  // it ended.
  std::optional<Outcome> out_of_memory() const;

 private:
  using Started = std::variant<std::unique_ptr<WorkerProcess>, StartError>;
  static Started start_once(const WorkerOptions& options, bool& was_killed);

  WorkerProcess(pid_t pid, int socket, SharedProgress* progress)
      : pid_(pid), memory_(pid), channel_(socket), progress_(progress) {}

  pid_t pid_;
  bool reaped_ = false;
  bool killed_here_ = false;
  bool was_killed_ = false;
  unsigned seen_suspended_ = 0;  // calls in a row
  MemoryWatch memory_;
  Channel channel_;
  SharedProgress* progress_;
  std::vector<Module> modules_;
};

// From now on processes that a program has left behind (a daemon) are this process's children, and
// end with the last worker. For a process that has no other children.
void adopt_orphans();

// The folder of libheddle.so, from where this command is: ../lib. No environment is needed.
std::string default_library_dir();

}  // namespace heddle
