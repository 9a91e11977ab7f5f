#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/cli/commands.h"
#include "harness/cli/help.h"
#include "harness/report/environment.h"

namespace {

// The words behind the command's own name, last first, as CLI11 wants them; `heddle help run` as
// `heddle run --help`.
std::vector<std::string> own_words(char** begin, char** end) {
  std::vector<std::string> words(begin, end);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  std::reverse(words.begin(), words.end());
  return words;
}

// What is opened later must not become standard input or output, which a program under test or a
// report would then write into: what is closed stays of no use, but taken.
void take_closed_streams() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(file, F_GETFD) == -1) open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  take_closed_streams();
  // CLI11 drops the "--" and takes what follows for programs: the program's own arguments never get
  // to see it.
  char** const separator = std::find_if(
      argv, argv + argc, [](const char* word) { return std::string_view(word) == "--"; });
  const std::vector<std::string> program_args(std::min(separator + 1, argv + argc), argv + argc);
  CLI::App app(
      "Finds concurrency bugs in ordinary C and C++ programs and shows the shortest interleaving "
      "that fails.\nA program is an ordinary ThreadSanitizer build: g++ -g -O1 -fsanitize=thread");
  app.name("heddle");
  app.formatter(std::make_shared<heddle::FoldedHelp>());
  app.set_version_flag("--version", "heddle " + std::string(heddle::heddle_version()));
  app.require_subcommand(1);
  heddle::Action action;
  heddle::add_run_command(app, action, program_args);
  heddle::add_replay_command(app, action, program_args);
  heddle::add_explain_command(app, action, program_args);
  heddle::add_play_command(app, action, program_args);
  heddle::add_list_command(app, action);
  heddle::add_grade_command(app, action);
  if (argc == 1) {
    std::fputs(heddle::first_words().c_str(), stdout);
    return heddle::kUsage;
  }
  try {
    app.parse(own_words(argv + 1, separator));
  } catch (const CLI::CallForVersion& version) {
    std::puts(version.what());
    return heddle::kHeld;
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help("", CLI::AppFormatMode::Normal).c_str(), stdout);
    return heddle::kHeld;
  } catch (const CLI::ParseError& error) {
    return heddle::complain(heddle::kUsage, heddle::wrong_words(app, error));
  }
  // It tells where this command's own libraries are, and whether a program's threads wait or run.
  std::error_code no_error;
  if (!std::filesystem::exists("/proc/self/exe", no_error)) {
    return heddle::complain(heddle::kOwnError,
                            "needs /proc, which is not mounted: mount -t proc proc /proc");
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
