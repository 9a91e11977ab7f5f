#include "harness/search/google_test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "harness/search/replayer.h"

namespace heddle {
namespace {

// GoogleTest's own rule: a name, or its part behind a '/', begins so.
bool is_disabled(std::string_view name) {
  return name.starts_with("DISABLED_") || name.find("/DISABLED_") != std::string_view::npos;
}

// A line without the remark on types and parameters, "  # TypeParam = int".
std::string_view without_remark(std::string_view line) {
  return line.substr(0, line.find("  # "));
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(descriptor_); }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// All that comes until the other end is closed; nothing if that takes too long.
std::optional<std::string> read_until(int descriptor,
                                      std::chrono::steady_clock::time_point deadline) {
  std::string text;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
    pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4096> part;
    const ssize_t size = read(descriptor, part.data(), part.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

TestList parse_test_list(std::string_view output) {
  TestList list;
  std::string_view suite;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    std::string_view line = without_remark(output.substr(0, end));
    output.remove_prefix(std::min(end + 1, output.size()));
    const bool is_test = line.starts_with("  ");
    if (is_test) line.remove_prefix(2);
    if (line.empty() || line.find_first_of(" \t\r") != std::string_view::npos) continue;
    if (!is_test) {
      suite = line.ends_with('.') ? line : std::string_view();
    } else if (!suite.empty()) {
      if (is_disabled(suite) || is_disabled(line)) {
        ++list.disabled;
      } else {
        list.tests.push_back(std::string(suite) + std::string(line));
      }
    }
  }
  return list;
}

std::variant<TestList, StartError> list_google_tests(const WorkerOptions& program,
                                                     const std::optional<std::string>& filter,
                                                     std::chrono::milliseconds patience) {
  std::vector<std::string> args = program.args;
  args.insert(args.begin(), program.program);
  if (filter.has_value()) args.push_back("--gtest_filter=" + *filter);
  args.emplace_back("--gtest_list_tests");
  std::vector<char*> argv;
  argv.reserve(args.size() + 1);
  for (std::string& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  Environment environment;
  // Heddle's library without a supervisor does nothing, and unlike ThreadSanitizer's it is sure to
  // be there.
  const char* old_path = std::getenv("LD_LIBRARY_PATH");
  environment.set("LD_LIBRARY_PATH",
                  program.library_dir + "/heddle/interpose" +
                      (old_path == nullptr ? std::string() : std::string(":") + old_path));
  quiet_google_test(environment);
  const std::vector<char*> envp = environment.pointers();

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return StartError{std::string("cannot make a pipe: ") + std::strerror(errno)};
  }
  const Descriptor output(ends[0]);
  const pid_t pid = fork();
  if (pid == 0) {
    // Nothing that allocates from here on: this is a forked child.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    personality(ADDR_NO_RANDOMIZE);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDERR_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    execve(program.program.c_str(), argv.data(), envp.data());
    _exit(127);
  }
  close(ends[1]);
  if (pid < 0) return StartError{std::string("cannot start a process: ") + std::strerror(errno)};
  const auto text = read_until(output.get(), std::chrono::steady_clock::now() + patience);
  // Its work is done with the end of its output; what it left running must not stay behind.
  if (!text.has_value()) kill(-pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!text.has_value()) {
    return StartError{program.program + " --gtest_list_tests did not end within " +
                      std::to_string(patience.count() / 1'000) + " s; try it without Heddle"};
  }
  return parse_test_list(*text);
}

std::string google_test_argument(std::string_view test) {
  std::string pattern(test);
  // What has a meaning in patterns may stand in the names of types; '?' is any one character.
  for (char& c : pattern) {
    if (c == '*' || c == ':' || c == '-') c = '?';
  }
  return "--gtest_filter=" + pattern;
}

std::string first_test_failure(std::string_view output) {
  constexpr std::string_view kEnd = ": Failure";
  constexpr std::size_t kLongest = 300;
  std::string text;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    std::string_view line = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    if (text.empty()) {
      if (!line.ends_with(kEnd)) continue;
      line.remove_suffix(kEnd.size());
      text = line.substr(line.rfind('/') + 1);
      text += ':';
      continue;
    }
    // Its words go on up to the test's own end, the next failure, or a line left empty.
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line.starts_with('[') || line.ends_with(kEnd)) break;
    text += ' ';
    text += line.substr(first);
  }
  if (text.size() > kLongest) text.replace(kLongest, std::string::npos, "...");
  return text;
}

std::string first_test_failure(const WorkerOptions& program, const Job& replay,
                               std::uint32_t lost_ms) {
  return first_test_failure(output_of(program, replay, lost_ms));
}

void quiet_google_test(Environment& environment) {
  environment.remove([](std::string_view name) {
    // Bazel's variables are read by GoogleTest too.
    constexpr std::array<std::string_view, 7> kBazels = {
        "XML_OUTPUT_FILE",          "TESTBRIDGE_TEST_ONLY", "TEST_PREMATURE_EXIT_FILE",
        "TEST_SHARD_INDEX",         "TEST_TOTAL_SHARDS",    "TEST_SHARD_STATUS_FILE",
        "TEST_WARNINGS_OUTPUT_FILE"};
    return name.starts_with("GTEST_") ||
           std::find(kBazels.begin(), kBazels.end(), name) != kBazels.end();
  });
  // By variables: an older GoogleTest ignores one that it does not know, and of an unknown
  // argument it shows its help.
  environment.set("GTEST_BRIEF", "1");
  environment.set("GTEST_COLOR", "no");
}

}  // namespace heddle
