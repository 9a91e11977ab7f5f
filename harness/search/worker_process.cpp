#include "harness/search/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "harness/engine/tsan/tsan_engine.h"
#include "harness/model/memory_size.h"
#include "harness/model/process_end.h"
#include "harness/search/environment.h"
#include "harness/search/google_test.h"
#include "harness/search/prepared_process.h"
#include "harness/search/wait_readable.h"

namespace heddle {
namespace {

// As proc(5) names states. The name of the process, which may be anything, ends with the last ')'.
bool is_in_state(char state, pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text, '\0');
  const std::size_t name = text.rfind(')');
  return name != std::string::npos && name + 2 < text.size() && text[name + 2] == state;
}

std::optional<std::string> variable(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// Whether this child ends in that time. It is still to be waited for.
bool has_ended_within(pid_t pid, std::chrono::milliseconds patience) {
  const auto process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process >= 0) {
    const bool ended = is_readable(process, patience);
    close(process);
    return ended;
  }
  // Sandboxes know no such call, and systems before Linux 5.3.
  const auto deadline = std::chrono::steady_clock::now() + patience;
  siginfo_t end{};
  while (waitid(P_PID, static_cast<id_t>(pid), &end, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         end.si_pid == 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// Folders of clang's runtime libraries, the newest first, as Debian and LLVM's own packages lay
// them out: clang finds them without help and its programs do not.
std::vector<std::string> clang_runtime_dirs() {
  std::vector<std::pair<int, std::string>> dirs;
  std::error_code error;
  for (const auto& llvm : std::filesystem::directory_iterator("/usr/lib", error)) {
    const std::string name = llvm.path().filename();
    if (!name.starts_with("llvm-")) continue;
    for (const auto& version :
         std::filesystem::directory_iterator(llvm.path() / "lib" / "clang", error)) {
      const auto dir = version.path() / "lib" / "linux";
      if (std::filesystem::exists(dir / "libclang_rt.tsan-x86_64.so", error)) {
        dirs.emplace_back(std::atoi(name.c_str() + std::strlen("llvm-")), dir.string());
      }
    }
  }
  std::sort(dirs.rbegin(), dirs.rend());
  std::vector<std::string> result;
  for (auto& [version, dir] : dirs) result.push_back(std::move(dir));
  return result;
}

Environment worker_environment(const WorkerOptions& options, int socket, int memory) {
  Environment environment;
  if (options.google_test) quiet_google_test(environment);
  environment.set(kChannelVariable,
                  std::to_string(socket) + (memory < 0 ? "" : "," + std::to_string(memory)));
  // Resolving a function at its first call writes its address into the program's memory; putting
  // that back before each run would have the loader resolve it in every run.
  environment.set("LD_BIND_NOW", "1");
  const auto put_in_front = [&](const char* name, const char* saved, const std::string& value,
                                char separator) {
    const auto old = variable(name);
    if (old.has_value()) environment.set(saved, *old);
    environment.set(name,
                    value + (old.has_value() && !old->empty() ? separator + *old : std::string()));
  };
  if (options.tsan) {
    put_in_front("LD_PRELOAD", kOldPreloadVariable, options.library_dir + "/libheddle-tsan.so",
                 ':');
    // Last, so that whatever the person set wins.
    const auto old_path = variable("LD_LIBRARY_PATH");
    if (old_path.has_value()) environment.set(kOldLibraryPathVariable, *old_path);
    std::string path = old_path.value_or("");
    for (const std::string& dir : clang_runtime_dirs()) path += (path.empty() ? "" : ":") + dir;
    if (!path.empty()) environment.set("LD_LIBRARY_PATH", path);
    // Reports are taken as data: printing them, and looking up their names, would only cost time.
    const auto users = variable("TSAN_OPTIONS");
    std::string all = (users.has_value() ? *users + ":" : "") + kTsanOptions;
    if (users.has_value() && users->find("suppressions=") != std::string::npos) {
      all += kTsanOptionsOfSuppressions;
    }
    environment.set("TSAN_OPTIONS", all);
  } else {
    put_in_front("LD_LIBRARY_PATH", kOldLibraryPathVariable,
                 options.library_dir + "/heddle/interpose", ':');
    if (const auto old = variable("LD_PRELOAD")) environment.set(kOldPreloadVariable, *old);
  }
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

// A program that hangs in a constructor never comes to its main.
constexpr std::chrono::seconds kStartPatience{20};
// Of one that did not the first time. It is started for each engine.
constexpr std::chrono::seconds kLessPatience{2};

// Held while a worker is started: a new one must not be taken for an orphan.
std::mutex g_starting;
int g_workers = 0;
std::atomic<bool> g_adopts{false};

// Whether the program has come to its main, which it says at this socket.
std::optional<StartError> await_main(const WorkerOptions& options, int socket) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kSlice{100};
  static std::mutex mutex;
  static std::set<std::string> hanging;
  const auto is_hanging = [&] {
    const std::lock_guard lock(mutex);
    return hanging.contains(options.program);
  };
  const std::chrono::seconds patience = is_hanging() ? kLessPatience : kStartPatience;
  const auto end = Clock::now() + patience;
  while (!is_readable(socket, kSlice)) {
    if (options.interrupted != nullptr && options.interrupted->load()) {
      return StartError{options.program +
                        " did not reach main() before the search was interrupted"};
    }
    if (Clock::now() < end) continue;
    const std::lock_guard lock(mutex);
    hanging.insert(options.program);
    return StartError{options.program + " did not reach main() within " +
                      std::to_string(kStartPatience.count()) + " seconds"};
  }
  return std::nullopt;
}

// What workers are forked from where each process would have other addresses, the one asked last at
// the end.
struct Prepared {
  WorkerOptions options;
  std::unique_ptr<PreparedProcess> process;
};
std::vector<Prepared> g_prepared;  // guarded by g_starting
std::mutex g_preparing;            // for all that is done with them; locked before g_starting
// Of as many programs at once, each with its process under ThreadSanitizer. What is forgotten may
// be had again, at other addresses.
constexpr std::size_t kMostPrepared = 16;

void kill_orphans() {
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::ifstream children(thread.path() / "children");
    for (pid_t pid = 0; children >> pid;) {
      const bool keeps =
          std::any_of(g_prepared.begin(), g_prepared.end(),
                      [pid](const Prepared& prepared) { return prepared.process->pid() == pid; });
      if (keeps) continue;
      ::kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }
}

[[noreturn]] void become_program(const WorkerOptions& options, char** argv, char** envp, int socket,
                                 int memory, int error_pipe) {
  // Nothing that allocates from here on: this is a forked child.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Ctrl-C is for the supervisor, which tells its workers.
  setpgid(0, 0);
  // Where the system itself runs out of memory, a run is worth less than the report of all others.
  if (const int score = open("/proc/self/oom_score_adj", O_WRONLY); score >= 0) {
    [[maybe_unused]] const auto set = write(score, "1000", 4);
    close(score);
  }
  // The same addresses in every process; and older ThreadSanitizers refuse much randomness.
  personality(ADDR_NO_RANDOMIZE);
  const int null = open("/dev/null", O_RDWR);
  // Opened anew, so that no two workers read at one place.
  const int input = options.input.empty() ? null : open(options.input.c_str(), O_RDONLY);
  dup2(input, STDIN_FILENO);
  if (!options.show_output) {
    dup2(options.output >= 0 ? options.output : null, STDOUT_FILENO);
    dup2(options.output >= 0 && options.errors_too ? options.output : null, STDERR_FILENO);
  }
  fcntl(socket, F_SETFD, 0);
  if (memory >= 0) fcntl(memory, F_SETFD, 0);
  if (input >= 0) execve(options.program.c_str(), argv, envp);
  const int error = errno;
  [[maybe_unused]] const auto written = write(error_pipe, &error, sizeof error);
  _exit(127);
}

// A process that executes the program, and where it says which error has kept it from that.
struct Execution {
  pid_t pid = -1;
  int errors = -1;
};

// `memory`: -1 for a process that only forks workers. `note` is called with g_starting held.
std::variant<Execution, StartError> execute(const WorkerOptions& options, int socket, int memory,
                                            const std::function<void(pid_t)>& note) {
  int errors[2];
  if (pipe2(errors, O_CLOEXEC) != 0) {
    return StartError{std::string("cannot make a pipe: ") + strerror(errno)};
  }
  std::vector<std::string> args = options.args;
  args.insert(args.begin(), options.program);
  Environment environment = worker_environment(options, socket, memory);
  const std::vector<char*> argv = pointers(args);
  const std::vector<char*> envp = environment.pointers();
  const std::lock_guard starting(g_starting);
  const pid_t pid = fork();
  if (pid < 0) return StartError{std::string("cannot start a process: ") + strerror(errno)};
  if (pid == 0) {
    become_program(options, const_cast<char**>(argv.data()), const_cast<char**>(envp.data()),
                   socket, memory, errors[1]);
  }
  note(pid);
  close(errors[1]);
  return Execution{pid, errors[0]};
}

// What a worker prints, and what it reads, may differ from one to the next.
bool is_same_program(const WorkerOptions& a, const WorkerOptions& b) {
  return a.program == b.program && a.args == b.args && a.tsan == b.tsan &&
         a.google_test == b.google_test && a.library_dir == b.library_dir;
}

void forget_prepared(std::size_t index) {
  const std::lock_guard starting(g_starting);
  g_prepared.erase(g_prepared.begin() + static_cast<std::ptrdiff_t>(index));
}

// The process that workers of this program are forked from, moved to the end of the list. Null if
// it does not come to its main. With g_preparing held, which alone changes the list.
const PreparedProcess* prepare(const WorkerOptions& options) {
  const auto known = std::find_if(
      g_prepared.begin(), g_prepared.end(),
      [&](const Prepared& prepared) { return is_same_program(prepared.options, options); });
  if (known != g_prepared.end()) {
    const std::lock_guard starting(g_starting);
    std::rotate(known, std::next(known), g_prepared.end());
    return g_prepared.back().process.get();
  }
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) return nullptr;
  WorkerOptions quiet = options;
  quiet.show_output = false;
  quiet.output = -1;
  quiet.input.clear();
  const auto execution = execute(quiet, sockets[1], -1, [&](pid_t pid) {
    g_prepared.push_back({quiet, std::make_unique<PreparedProcess>(pid, sockets[0])});
  });
  close(sockets[1]);
  if (!std::holds_alternative<Execution>(execution)) {
    close(sockets[0]);
    return nullptr;
  }
  close(std::get<Execution>(execution).errors);
  if (!g_prepared.back().process->is_ready(kStartPatience)) {
    forget_prepared(g_prepared.size() - 1);
    return nullptr;
  }
  if (g_prepared.size() > kMostPrepared) forget_prepared(0);
  return g_prepared.back().process.get();
}

// Nothing where the program cannot be prepared: executing it says why.
std::optional<pid_t> fork_worker(const WorkerOptions& options, int socket, int memory) {
  const std::lock_guard preparing(g_preparing);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  // Opened anew, so that no two workers read at one place.
  const int input =
      options.input.empty() ? null : open(options.input.c_str(), O_RDONLY | O_CLOEXEC);
  const int hidden = options.output >= 0 ? options.output : null;
  const WorkerFiles files{
      .socket = socket,
      .memory = memory,
      .input = input,
      .output = options.show_output ? STDOUT_FILENO : hidden,
      .errors = options.show_output ? STDERR_FILENO : (options.errors_too ? hidden : null)};
  std::optional<pid_t> worker;
  // One that the system has ended, for want of memory, is prepared anew.
  constexpr int kTries = 2;
  for (int i = 0; i < kTries && !worker.has_value() && null >= 0 && input >= 0; ++i) {
    const PreparedProcess* const prepared = prepare(options);
    if (prepared == nullptr) break;
    std::unique_lock starting(g_starting);
    worker = prepared->fork_worker(files);
    if (worker.has_value()) ++g_workers;
    starting.unlock();
    if (!worker.has_value()) forget_prepared(g_prepared.size() - 1);
  }
  if (input != null) close(input);
  close(null);
  return worker;
}

}  // namespace

void adopt_orphans() {
  g_adopts = prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

std::string default_library_dir() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (self.parent_path().parent_path() / "lib").string();
}

WorkerProcess::Started WorkerProcess::start(const WorkerOptions& options) {
  constexpr int kTries = 3;
  for (int i = 1;; ++i) {
    bool was_killed = false;
    Started started = start_once(options, was_killed);
    if (!was_killed || i == kTries) return started;
  }
}

WorkerProcess::Started WorkerProcess::start_once(const WorkerOptions& options, bool& was_killed) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
    return StartError{std::string("cannot make a socket: ") + strerror(errno)};
  }
  const int memory = memfd_create("heddle", MFD_CLOEXEC);
  if (memory < 0 || ftruncate(memory, sizeof(SharedProgress)) != 0) {
    return StartError{std::string("cannot make shared memory: ") + strerror(errno)};
  }
  void* shared =
      mmap(nullptr, sizeof(SharedProgress), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (shared == MAP_FAILED) {
    return StartError{std::string("cannot map shared memory: ") + strerror(errno)};
  }
  std::optional<pid_t> forked;
  if (!can_fix_addresses()) forked = fork_worker(options, sockets[1], memory);
  auto execution = forked.has_value()
                       ? std::variant<Execution, StartError>(Execution{*forked, -1})
                       : execute(options, sockets[1], memory, [](pid_t) { ++g_workers; });
  if (auto* error = std::get_if<StartError>(&execution)) return *error;
  const auto [pid, errors] = std::get<Execution>(execution);
  close(sockets[1]);
  close(memory);
  // What a program writes to all descriptors may look like the beginning of a long message.
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(sockets[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  std::unique_ptr<WorkerProcess> worker(
      new WorkerProcess(pid, sockets[0], static_cast<SharedProgress*>(shared)));

  int exec_error = 0;
  const bool failed = errors >= 0 && read(errors, &exec_error, sizeof exec_error) > 0;
  if (errors >= 0) close(errors);
  if (failed) return StartError{options.program + " cannot be started: " + strerror(exec_error)};

  if (auto error = await_main(options, sockets[0])) return *error;
  const auto hello = worker->receive();
  const auto* words = hello.has_value() ? std::get_if<Hello>(&*hello) : nullptr;
  if (words == nullptr) {
    const std::string end = worker->how_it_ended();
    was_killed = worker->was_killed();
    return StartError{options.program + " " + end + " before main(); try it without Heddle"};
  }
  if (words->version != kChannelVersion) {
    return StartError{"the library in " + options.library_dir +
                      " is of another version than this command; build both anew"};
  }
  worker->modules_ = words->modules;
  return worker;
}

WorkerProcess::~WorkerProcess() {
  if (!reaped_) {
    kill();
    how_it_ended();
  }
  close(channel_.descriptor());
  munmap(progress_, sizeof(SharedProgress));
  const std::lock_guard starting(g_starting);
  if (--g_workers == 0 && g_adopts) kill_orphans();
}

void WorkerProcess::kill() {
  // The whole group: an engine may have processes of its own.
  if (!reaped_) {
    killed_here_ = true;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
  }
}

bool WorkerProcess::is_suspended() {
  // Of one that goes on just now, along with this process, the state may be an old one.
  constexpr unsigned kCalls = 6;
  bool any = is_in_state('T', pid_);
  const std::string id = std::to_string(pid_);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  for (pid_t child = 0; !any && children >> child;) any = is_in_state('T', child);
  seen_suspended_ = any ? seen_suspended_ + 1 : 0;
  return seen_suspended_ >= kCalls;
}

bool WorkerProcess::wait(std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kTick{50};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  pollfd ready{.fd = descriptor(), .events = POLLIN, .revents = 0};
  do {
    if (poll(&ready, 1, static_cast<int>(std::min(kTick, patience).count())) > 0) return true;
  } while (!is_suspended() && std::chrono::steady_clock::now() < deadline);
  return false;
}

std::string WorkerProcess::how_it_ended() {
  // A program that has closed all descriptors is no longer heard of, and may go on for ever.
  constexpr std::chrono::seconds kPatience{5};
  const bool was_deaf = !killed_here_ && !has_ended_within(pid_, kPatience);
  if (was_deaf) kill();
  memory_.stop();
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  // What the program started in its group.
  ::kill(-pid_, SIGKILL);
  reaped_ = true;
  if (was_deaf) return "closed the descriptor, or wrote to it, that it is asked by, and went on";
  was_killed_ = !killed_here_ && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  return describe_end(status);
}

std::optional<Outcome> WorkerProcess::out_of_memory() const {
  const auto use = memory_.over();
  if (!use.has_value()) return std::nullopt;
  const std::uint64_t limit = memory_.limit();
  if (use->programs >= programs_share(limit, memory_.engine())) {
    return Failed{
        .kind = FailureKind::out_of_memory, .message = out_of_memory_words(limit), .places = {}};
  }
  return GaveUp{.reason = "the limit of a worker's memory, " + memory_words(limit) +
                          " (--memory), was reached, and " + memory_words(use->programs) +
                          " of it was the program's"};
}

}  // namespace heddle
