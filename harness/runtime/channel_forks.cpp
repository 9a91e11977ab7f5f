#include "harness/runtime/channel_forks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "harness/engine/native/raw_system.h"

namespace heddle {
namespace {

using native::as_argument;
using native::system_call;

void close_file(int file) {
  system_call(SYS_close, file);
}

std::optional<WorkerFiles> receive_request(int supervisor) {
  char byte = 0;
  iovec text{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) char control[CMSG_SPACE(kWorkerFiles * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  long received = 0;
  do {
    received = system_call(SYS_recvmsg, supervisor, as_argument(&message), MSG_CMSG_CLOEXEC);
  } while (received == -EINTR);
  const cmsghdr* header = received == 1 ? CMSG_FIRSTHDR(&message) : nullptr;
  std::array<int, kWorkerFiles> files{};
  if (header == nullptr || header->cmsg_len != CMSG_LEN(sizeof files)) return std::nullopt;
  memcpy(files.data(), CMSG_DATA(header), sizeof files);
  return WorkerFiles{files[0], files[1], files[2], files[3], files[4]};
}

void become_worker(const WorkerFiles& files) {
  system_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  // Ctrl-C is for the supervisor, which tells its workers.
  system_call(SYS_setpgid, 0, 0);
  system_call(SYS_dup2, files.input, STDIN_FILENO);
  system_call(SYS_dup2, files.output, STDOUT_FILENO);
  system_call(SYS_dup2, files.errors, STDERR_FILENO);
  for (const int file : {files.input, files.output, files.errors}) close_file(file);
}

// Forked by a process that ends at once, so that it becomes a child of the supervisor, which is
// told how the worker ends. Returns 0 in the worker; its number in this process, or -1.
pid_t fork_for_supervisor() {
  int ends[2];
  if (system_call(SYS_pipe2, as_argument(ends), O_CLOEXEC) != 0) return -1;
  const pid_t between = fork();
  if (between == 0) {
    const pid_t self = native::process_id();
    const pid_t worker = fork();
    if (worker != 0) {
      system_call(SYS_write, ends[1], as_argument(&worker), sizeof worker);
      native::end_process(0);
    }
    close_file(ends[0]);
    close_file(ends[1]);
    // The signal at a parent's death would be for the one that is just ending.
    while (system_call(SYS_getppid) == self) native::yield_processor();
    return 0;
  }
  close_file(ends[1]);
  pid_t worker = -1;
  if (system_call(SYS_read, ends[0], as_argument(&worker), sizeof worker) != sizeof worker) {
    worker = -1;
  }
  close_file(ends[0]);
  // The supervisor must not hear of the worker before it is its parent.
  if (between > 0) {
    while (system_call(SYS_wait4, between, 0, 0, 0) == -EINTR) {
    }
  }
  return worker;
}

}  // namespace

WorkerFiles fork_workers(int supervisor) {
  // Which is sent when the thread ends that has started this process, and others ask it too. The
  // end of the supervisor shows in its socket.
  system_call(SYS_prctl, PR_SET_PDEATHSIG, 0);
  system_call(SYS_write, supervisor, as_argument(&kPrepared), sizeof kPrepared);
  while (const std::optional<WorkerFiles> files = receive_request(supervisor)) {
    const ForkAnswer answer{.worker = fork_for_supervisor()};
    if (answer.worker == 0) {
      close_file(supervisor);
      become_worker(*files);
      return *files;
    }
    for (const int file :
         {files->socket, files->memory, files->input, files->output, files->errors}) {
      close_file(file);
    }
    system_call(SYS_write, supervisor, as_argument(&answer), sizeof answer);
  }
  native::end_process(0);
}

}  // namespace heddle
