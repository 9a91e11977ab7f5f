// What the tests from end to end share: programs, compilers, processes, searches.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/search/engine_search.h"
#include "harness/search/minimize.h"

namespace heddle::verdicts {

// Of a built case, or of a program in programs/.
std::string case_path(const std::string& name);
std::string program_path(const std::string& name);

// A folder of its own that goes with the object, with all in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Ended {
  int status = -1;  // exit status; 128 + the signal's number if one ended the process
  std::string out;
  std::string err;
};

// Starts `argv`, calls `meanwhile` with its process id, waits for its end. `variables`: NAME=value,
// added to the environment. `restrict_itself` is called in the new process, before it executes the
// program.
Ended run_process(const std::vector<std::string>& argv,
                  const std::vector<std::string>& variables = {},
                  const std::function<void(int pid)>& meanwhile = nullptr,
                  const std::function<void()>& restrict_itself = nullptr);

// The built command.
Ended heddle_command(std::vector<std::string> args,
                     const std::function<void(int pid)>& meanwhile = nullptr);

// Nothing if no such program is in the path.
std::optional<std::string> find_in_path(const std::string& name);

// The names that `nm` with these options lists for the file, without versions.
std::set<std::string> symbols(const std::string& file, const std::vector<std::string>& nm_options);

// All of these runs were made, or fewer showed that there is nothing else to see.
void expect_enough_runs(const EngineResult& result, std::uint64_t runs);

SearchOptions search_options(const std::string& program, EngineKind engine, std::uint64_t runs);
EngineResult search_once(const SearchOptions& options);

const Finding* find_kind(const EngineResult& result, FailureKind kind);
std::set<FailureKind> kinds(const EngineResult& result);

// Whether the property, by rapidcheck, holds for so many generated programs; says what fails on
// standard error. Seeds are fixed: a search of this size that fails now and then would be of no
// use.
bool check_programs(std::uint64_t seed, unsigned count, const std::function<void()>& property);

// Ends by the number of runs only: no result depends on how fast the machine is.
inline const MinimizeLimits kNoTimeLimit{.max_runs = 5'000,
                                         .max_time = std::chrono::hours(1),
                                         .max_explore_time = std::chrono::hours(1),
                                         .cause = {.max_time = std::chrono::hours(1)}};

}  // namespace heddle::verdicts
