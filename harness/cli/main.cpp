#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/commands.h"

int main(int argc, char** argv) {
  // CLI11 drops the "--" and takes what follows for programs: the program's own arguments never get
  // to see it.
  char** const separator = std::find_if(
      argv, argv + argc, [](const char* word) { return std::string_view(word) == "--"; });
  const std::vector<std::string> program_args(std::min(separator + 1, argv + argc), argv + argc);
  CLI::App app(
      "Finds concurrency bugs in ordinary C and C++ programs and shows the shortest interleaving "
      "that fails.\nA program is an ordinary ThreadSanitizer build: g++ -g -O1 -fsanitize=thread");
  app.name("heddle");
  app.require_subcommand(1);
  heddle::Action action;
  heddle::add_run_command(app, action, program_args);
  heddle::add_replay_command(app, action, program_args);
  heddle::add_explain_command(app, action, program_args);
  heddle::add_list_command(app, action);
  heddle::add_grade_command(app, action);
  try {
    app.parse(static_cast<int>(separator - argv), argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help("", CLI::AppFormatMode::Normal).c_str(), stdout);
    return heddle::kHeld;
  } catch (const CLI::ParseError& error) {
    return heddle::complain(heddle::kUsage, std::string(error.what()) + " (see heddle --help)");
  }
  try {
    const int status = action();
    std::cout.flush();
    // A report that nobody got is no success.
    if (std::cout) return status;
    return heddle::complain(heddle::kOwnError, "cannot write to standard output");
  } catch (const std::exception& error) {
    return heddle::complain(heddle::kOwnError, error.what());
  }
}
