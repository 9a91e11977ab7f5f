// Workers that are forked from one process, which the supervisor has started with the program in it
// and which has stopped before its main: so all have the same addresses, though each process that
// is started anew would get others.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>

namespace heddle {

// What a worker is given, in the order in which a request passes it (SCM_RIGHTS).
struct WorkerFiles {
  int socket = -1;
  int memory = -1;  // see SharedProgress
  int input = -1;
  int output = -1;
  int errors = -1;
};
inline constexpr std::size_t kWorkerFiles = 5;

// What the prepared process says once when it may be asked.
inline constexpr char kPrepared = 'p';

// A request is one byte of any value that carries the files; the answer this number.
struct ForkAnswer {
  pid_t worker = -1;  // a child of the supervisor; -1: the system has no more processes
};

// In the prepared process, which it ends once the supervisor is gone. Returns in each worker, with
// its socket and its shared memory; the other files are its standard ones then. To be called before
// there is any thread but the calling one.
WorkerFiles fork_workers(int supervisor);

}  // namespace heddle
