#include "harness/grade/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "harness/grade/process_tree.h"

namespace heddle::grade {
namespace {

// A child that could not be made what it should be.
constexpr int kNotStarted = 97;

bool write_text(const char* file, const std::string& text) {
  const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool written =
      write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(descriptor);
  return written;
}

// Another user than root inside: root would have its capabilities back after each exec.
constexpr int kUserInside = 65534;

bool enter_namespaces(bool processes) {
  const auto user = geteuid();
  const auto group = getegid();
  int flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  if (processes) flags |= CLONE_NEWPID;
  return unshare(flags) == 0 && write_text("/proc/self/setgroups", "deny") &&
         write_text("/proc/self/uid_map", fmt::format("{} {} 1", kUserInside, user)) &&
         write_text("/proc/self/gid_map", fmt::format("{} {} 1", kUserInside, group));
}

// The kernel counts processes by user, and never root's.
constexpr uid_t kNobody = 65534;

bool become_nobody() {
  return setgroups(0, nullptr) == 0 && setresgid(kNobody, kNobody, kNobody) == 0 &&
         setresuid(kNobody, kNobody, kNobody) == 0 &&
         // Else this process's own files in /proc, with the map of users, are root's.
         prctl(PR_SET_DUMPABLE, 1) == 0;
}

bool set_mount(const char* path, unsigned flags, std::uint64_t set, std::uint64_t clear) {
  mount_attr attributes = {};
  attributes.attr_set = set;
  attributes.attr_clr = clear;
  return syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &attributes, sizeof attributes) == 0;
}

bool lay_out(const Room& room) {
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  const char* folder = room.folder.c_str();
  if (!room.folder.empty() && mount(folder, folder, nullptr, MS_BIND, nullptr) != 0) return false;
  for (const std::filesystem::path& hidden : room.hidden) {
    std::error_code error;
    const bool done =
        std::filesystem::is_directory(hidden, error)
            ? mount("none", hidden.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=4k,mode=555") == 0
            : mount("/dev/null", hidden.c_str(), nullptr, MS_BIND, nullptr) == 0;
    // What lies in a folder that is hidden already is gone, and what this user cannot come to is
    // out of reach for the code inside, which is the same user's.
    if (!done && errno != ENOENT && errno != EACCES) return false;
  }
  if (!set_mount("/", AT_RECURSIVE, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0)) return false;
  return !room.writable || set_mount(folder, 0, 0, MOUNT_ATTR_RDONLY);
}

bool give_up_capabilities() {
  __user_cap_header_struct header = {};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  __user_cap_data_struct none[2] = {};
  return syscall(SYS_capset, &header, none) == 0;
}

bool set_limit(int resource, std::uint64_t value) {
  const rlimit limit = {.rlim_cur = value, .rlim_max = value};
  return setrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0;
}

bool set_limits(const Limits& limits) {
  constexpr std::uint64_t kLongestFileWritten = 64 << 20;
  constexpr std::uint64_t kOpenFiles = 512;
  return set_limit(RLIMIT_CORE, 0) && set_limit(RLIMIT_FSIZE, kLongestFileWritten) &&
         set_limit(RLIMIT_NOFILE, kOpenFiles) && set_limit(RLIMIT_MEMLOCK, 0) &&
         set_limit(RLIMIT_MSGQUEUE, 0) && set_limit(RLIMIT_NPROC, limits.processes) &&
         set_limit(RLIMIT_CPU, static_cast<std::uint64_t>(limits.seconds) + 1) &&
         (limits.address_space == 0 || set_limit(RLIMIT_AS, limits.address_space));
}

// Variables of the person who grades are nobody's business inside, and must not change marks.
void set_environment(const Room& room) {
  clearenv();
  setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
  setenv("LC_ALL", "C", 1);
  setenv("HOME", "/", 1);
  if (!room.folder.empty()) setenv("TMPDIR", room.folder.c_str(), 1);
}

int say_why(int out, const char* what) {
  const std::string text = fmt::format("cannot {}: {}", what, std::strerror(errno));
  [[maybe_unused]] const auto written = write(out, text.data(), text.size());
  return kNotStarted;
}

// Whatever the caller has open is not for the code inside.
void keep_only(int descriptor) {
  const auto kept = static_cast<unsigned>(descriptor);
  if (kept > 3) close_range(3, kept - 1, 0);
  close_range(kept + 1, ~0U, 0);
}

int be_inside(const Room& room, const Limits& limits, const Walls& walls, int out,
              const std::function<int(int)>& body) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  keep_only(out);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, standard);
  if (walls.namespaces) {
    // First: a mount of /proc is refused once the one that is there is read-only.
    if (walls.processes &&
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
      return say_why(out, "mount /proc");
    }
    if (!lay_out(room)) return say_why(out, "lay out the file system");
    if (!give_up_capabilities()) return say_why(out, "give up capabilities");
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return say_why(out, "give up privileges");
  if (!set_limits(limits)) return say_why(out, "set limits");
  set_environment(room);
  if (!room.folder.empty() && chdir(room.folder.c_str()) != 0)
    return say_why(out, "enter the folder");
  // What is started inside must not open this process's descriptors, nor write into its memory.
  prctl(PR_SET_DUMPABLE, 0);
  try {
    return body(out);
  } catch (const std::exception&) {
    return kNotStarted;
  }
}

int status_of(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

// Stays outside, and tells how the process inside ended. All that loses its parent comes to it,
// where there is no namespace of processes that would end with its first.
[[noreturn]] void be_keeper(const Room& room, const Limits& limits, const Walls& walls, int out,
                            int end, const std::function<int(int)>& body) {
  const bool stepped_down = !walls.nobody || become_nobody();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // So that an end of the terminal's foreground group does not leave the inside without its keeper.
  setpgid(0, 0);
  int status = kNotStarted;
  if (!stepped_down) {
    say_why(out, "become another user");
  } else if (walls.namespaces && !enter_namespaces(walls.processes)) {
    say_why(out, "make namespaces");
  } else {
    const pid_t inside = fork();
    if (inside == 0) {
      close(end);
      _exit(be_inside(room, limits, walls, out, body));
    }
    int wait_status = 0;
    while (inside > 0 && waitpid(inside, &wait_status, 0) < 0 && errno == EINTR) {
    }
    if (inside > 0) status = status_of(wait_status);
  }
  [[maybe_unused]] const auto written = write(end, &status, sizeof status);
  // Descendants that are left are killed by the caller, who needs this process to find them.
  while (pause() != 0) {
  }
  _exit(0);
}

void kill_all(pid_t keeper) {
  // In a namespace of processes the first takes all with it. Else new ones may come while the old
  // ones are counted, until none is left to make any.
  for (;;) {
    const ProcessTree tree = look_at_tree(keeper);
    if (tree.below.empty()) break;
    for (const pid_t pid : tree.below) kill(pid, SIGKILL);
    usleep(1'000);
  }
  kill(keeper, SIGKILL);
  waitpid(keeper, nullptr, 0);
}

void read_some(int descriptor, std::string& text, std::size_t most) {
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = read(descriptor, buffer, sizeof buffer);
    if (got <= 0) return;
    text.append(buffer,
                std::min(static_cast<std::size_t>(got), most - std::min(most, text.size())));
  }
}

}  // namespace

Sandbox Sandbox::probe(const std::filesystem::path& needed) {
  // Each by trying: whether it works depends on the kernel, its settings and the container around.
  const bool root = geteuid() == 0;
  constexpr Walls kWalls[] = {
      {.nobody = true, .namespaces = true, .processes = true},
      {.nobody = true, .namespaces = true, .processes = false},
      {.nobody = false, .namespaces = true, .processes = true},
      {.nobody = false, .namespaces = true, .processes = false},
      {.nobody = true, .namespaces = false, .processes = false},
  };
  for (const Walls& walls : kWalls) {
    if (walls.nobody && !root) continue;
    Sandbox sandbox;
    sandbox.walls_ = walls;
    const Inside tried =
        sandbox.run({}, {}, [&](int) { return access(needed.c_str(), R_OK) == 0 ? 0 : 1; });
    if (tried.end == Inside::End::ended && tried.status == 0) return sandbox;
  }
  return {};
}

void Sandbox::hand_over(const std::filesystem::path& folder) const {
  if (walls_.nobody) [[maybe_unused]]
    const int done = chown(folder.c_str(), kNobody, kNobody);
}

Inside Sandbox::run(const Room& room, const Limits& limits,
                    const std::function<int(int)>& body) const {
  using std::chrono::steady_clock;
  Inside result;
  int out[2];
  int end[2];
  if (pipe2(out, O_CLOEXEC | O_NONBLOCK) != 0 || pipe2(end, O_CLOEXEC) != 0) {
    return {.end = Inside::End::not_started, .status = 0, .output = "cannot make a pipe"};
  }
  fcntl(out[1], F_SETFL, 0);
  const pid_t keeper = fork();
  if (keeper < 0) {
    result.end = Inside::End::not_started;
    result.output = "cannot start a process";
  } else if (keeper == 0) {
    be_keeper(room, limits, walls_, out[1], end[1], body);
  }
  close(out[1]);
  close(end[1]);
  const auto deadline = steady_clock::now() + std::chrono::duration<double>(limits.seconds);
  bool ended = keeper < 0;
  while (!ended) {
    // Often enough that what eats a gigabyte a second is caught in time.
    constexpr int kTickMs = 50;
    pollfd ready[2] = {{.fd = end[0], .events = POLLIN, .revents = 0},
                       {.fd = out[0], .events = POLLIN, .revents = 0}};
    const int count = poll(ready, 2, kTickMs);
    read_some(out[0], result.output, limits.output);
    if (count > 0 && ready[0].revents != 0) {
      if (read(end[0], &result.status, sizeof result.status) != sizeof result.status) {
        result.status = 128 + SIGKILL;
      }
      if (result.status == kNotStarted) result.end = Inside::End::not_started;
      break;
    }
    // A closed pipe is ready all the time.
    if (count > 0 && (ready[1].revents & POLLHUP) != 0) usleep(kTickMs * 1'000);
    const ProcessTree tree = look_at_tree(keeper);
    if (tree.memory > limits.memory) result.end = Inside::End::out_of_memory;
    if (tree.threads > limits.processes) result.end = Inside::End::too_many_processes;
    if (steady_clock::now() > deadline) result.end = Inside::End::out_of_time;
    ended = result.end != Inside::End::ended;
  }
  if (keeper > 0) kill_all(keeper);
  read_some(out[0], result.output, limits.output);
  close(out[0]);
  close(end[0]);
  return result;
}

std::vector<std::string> Sandbox::not_contained() const {
  std::vector<std::string> names;
  if (!walls_.namespaces) names.insert(names.end(), {"the network", "the file system"});
  if (!walls_.processes) names.emplace_back("signals to other processes of this user");
  if (!walls_.nobody && geteuid() == 0) {
    names.emplace_back("many processes at once, which are ended only when they are noticed");
  }
  return names;
}

}  // namespace heddle::grade
