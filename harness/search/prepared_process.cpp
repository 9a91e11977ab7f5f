#include "harness/search/prepared_process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "harness/search/wait_readable.h"

namespace heddle {
namespace {

// A fork takes milliseconds.
constexpr std::chrono::seconds kPatience{10};

}  // namespace

bool can_fix_addresses() {
  static const bool can = [] {
    constexpr unsigned long kAskOnly = 0xffffffff;
    const int before = personality(kAskOnly);
    if (before < 0) return false;
    const auto fixed = static_cast<unsigned long>(before) | ADDR_NO_RANDOMIZE;
    // A sandbox may take the call and do nothing.
    const bool works = personality(fixed) >= 0 && (personality(kAskOnly) & ADDR_NO_RANDOMIZE) != 0;
    personality(static_cast<unsigned long>(before));
    return works;
  }();
  return can;
}

PreparedProcess::~PreparedProcess() {
  close(socket_);
  ::kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool PreparedProcess::is_ready(std::chrono::milliseconds patience) const {
  char byte = 0;
  return is_readable(socket_, patience) && recv(socket_, &byte, 1, 0) == 1 && byte == kPrepared;
}

std::optional<pid_t> PreparedProcess::fork_worker(const WorkerFiles& files) const {
  // Who forks the workers ends at once; they are this process's children from then on.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const std::array<int, kWorkerFiles> passed = {files.socket, files.memory, files.input,
                                                files.output, files.errors};
  char byte = 0;
  iovec text{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof passed)] = {};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof passed);
  memcpy(CMSG_DATA(header), passed.data(), sizeof passed);
  ForkAnswer answer;
  if (sendmsg(socket_, &message, MSG_NOSIGNAL) != 1 || !is_readable(socket_, kPatience) ||
      recv(socket_, &answer, sizeof answer, 0) != sizeof answer || answer.worker < 0) {
    return std::nullopt;
  }
  return answer.worker;
}

}  // namespace heddle
