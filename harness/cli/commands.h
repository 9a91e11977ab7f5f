// The subcommands. Each adds itself to the command line; what it does, it does in a function of its
// own that returns the exit status.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/cli/case_list.h"
#include "harness/engine/engine.h"

namespace heddle {

// Exit statuses of the command.
inline constexpr int kHeld = 0;      // every expectation held
inline constexpr int kNotHeld = 1;   // one did not
inline constexpr int kUsage = 2;     // the command line is wrong
inline constexpr int kOwnError = 3;  // Heddle itself failed, or nothing was controlled

// Set to the chosen subcommand's work.
using Action = std::function<int()>;

// `program_args`: what stood behind "--" on the command line, for the program under test.
void add_run_command(CLI::App& app, Action& action, const std::vector<std::string>& program_args);
void add_replay_command(CLI::App& app, Action& action,
                        const std::vector<std::string>& program_args);
void add_explain_command(CLI::App& app, Action& action,
                         const std::vector<std::string>& program_args);
void add_play_command(CLI::App& app, Action& action, const std::vector<std::string>& program_args);
void add_list_command(CLI::App& app, Action& action);
void add_grade_command(CLI::App& app, Action& action);

// Of all commands that execute runs, with their defaults.
struct SharedOptions {
  std::string rwlock = "library";      // or any
  std::string deadlines = "in-order";  // or free
  std::string isolation = "auto";      // or memory, or process
  std::string memory{};                // or a worker's share of what there is

  // Fills the job, or says in one line what is wrong. `workers`: that work at a time.
  std::optional<std::string> apply(Job& job, unsigned workers) const;
};
void add_shared_options(CLI::App& command, SharedOptions& options);

// What is wrong, and the exit status for it.
struct Refusal {
  int status;
  std::string message;
};

// The word of the command line as a program that runs can be made of; else why not.
std::variant<NamedProgram, Refusal> usable_program(const std::string& word);

// Prints "heddle: MESSAGE" to standard error and returns `status`.
int complain(int status, std::string_view message);

}  // namespace heddle
