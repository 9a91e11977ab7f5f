#include "verdict_support.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace heddle::verdicts {
namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

std::string read_all(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string case_path(const std::string& name) {
  return std::string(HEDDLE_TEST_BUILD_DIR "/cases/") + name;
}

std::string program_path(const std::string& name) {
  return std::string(HEDDLE_TEST_PROGRAM_DIR "/") + name;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "heddle_verdicts_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

Ended run_process(const std::vector<std::string>& argv, const std::vector<std::string>& variables,
                  const std::function<void(int pid)>& meanwhile,
                  const std::function<void()>& restrict_itself) {
  const TemporaryFolder folder;
  const std::string out = folder / "out";
  const std::string err = folder / "err";
  std::vector<std::string> arguments = argv;
  std::vector<std::string> environment = variables;
  // Sentences that are looked for stand in one line.
  environment.emplace_back("COLUMNS=100");
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment_pointers = pointers(environment);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid == 0) {
    // Older ThreadSanitizers refuse kernels that place programs very freely.
    personality(ADDR_NO_RANDOMIZE);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    if (restrict_itself) restrict_itself();
    execvpe(argument_pointers[0], argument_pointers.data(), environment_pointers.data());
    _exit(127);
  }
  if (meanwhile) meanwhile(pid);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  Ended ended;
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended.out = read_all(out);
  ended.err = read_all(err);
  return ended;
}

Ended heddle_command(std::vector<std::string> args, const std::function<void(int pid)>& meanwhile) {
  args.insert(args.begin(), HEDDLE_TEST_COMMAND);
  return run_process(args, {}, meanwhile);
}

std::optional<std::string> find_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = folder + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

std::set<std::string> symbols(const std::string& file, const std::vector<std::string>& nm_options) {
  std::vector<std::string> argv = {"nm", "--format=posix"};
  argv.insert(argv.end(), nm_options.begin(), nm_options.end());
  argv.push_back(file);
  const Ended ended = run_process(argv);
  EXPECT_EQ(ended.status, 0) << ended.err;
  std::set<std::string> names;
  std::istringstream lines(ended.out);
  for (std::string line; std::getline(lines, line);) {
    names.insert(line.substr(0, line.find_first_of(" @")));
  }
  return names;
}

void expect_enough_runs(const EngineResult& result, std::uint64_t runs) {
  if (result.exhausted && result.failed == 0) {
    EXPECT_LE(result.runs, runs);
  } else {
    EXPECT_EQ(result.runs, runs);
  }
}

SearchOptions search_options(const std::string& program, EngineKind engine, std::uint64_t runs) {
  SearchOptions options;
  options.worker.program = program;
  options.worker.library_dir = HEDDLE_TEST_BUILD_DIR "/lib";
  options.job.engine = engine;
  options.runs = runs;
  return options;
}

EngineResult search_once(const SearchOptions& options) {
  return search(options, {}).result;
}

const Finding* find_kind(const EngineResult& result, FailureKind kind) {
  for (const Finding& finding : result.findings) {
    if (finding.failure.kind == kind) return &finding;
  }
  return nullptr;
}

std::set<FailureKind> kinds(const EngineResult& result) {
  std::set<FailureKind> found;
  for (const Finding& finding : result.findings) found.insert(finding.failure.kind);
  return found;
}

bool check_programs(std::uint64_t seed, unsigned count, const std::function<void()>& property) {
  rc::detail::TestParams parameters;
  parameters.seed = seed;
  parameters.maxSuccess = static_cast<int>(count);
  rc::detail::TestMetadata metadata;
  metadata.id = metadata.description = "generated programs";
  const auto result = rc::detail::checkTestable(property, metadata, parameters);
  rc::detail::printResultMessage(result, std::cerr);
  return result.template is<rc::detail::SuccessResult>();
}

}  // namespace heddle::verdicts
