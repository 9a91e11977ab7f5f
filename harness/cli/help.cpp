#include "harness/cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "harness/cli/nearest_word.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

constexpr std::size_t kColumns = 80;

// Where the texts of a list of options stand: two spaces after the last of several in a row.
std::size_t text_begin(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  if (first == std::string_view::npos || first == 0) return 0;
  const std::size_t gap = line.find("  ", first);
  return gap == std::string_view::npos ? first : line.find_first_not_of(' ', gap);
}

std::string folded(std::string_view line, std::size_t column) {
  const std::size_t begin = text_begin(line);
  // An option that is too long for its column runs into its text.
  const std::size_t indent = line.starts_with("  ") ? column : 0;
  const bool in_columns = begin != 0 && begin <= column && begin != std::string_view::npos;
  std::string head(in_columns ? line.substr(0, begin) : "");
  std::vector<std::string> rows = wrap(line.substr(head.size()), kColumns - indent);
  std::string text = head;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) text += '\n' + std::string(indent, ' ');
    text += rows[i];
  }
  return text;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> names_of_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace

std::string FoldedHelp::make_help(const CLI::App* app, std::string name,
                                  CLI::AppFormatMode mode) const {
  std::istringstream lines(Formatter::make_help(app, std::move(name), mode));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    text += (width_of(line) > kColumns ? folded(line, get_column_width()) : line) + '\n';
  }
  return text;
}

std::string first_words() {
  return "Heddle finds concurrency bugs in ordinary C and C++ programs and shows the\n"
         "shortest interleaving that fails. A program is an ordinary build for\n"
         "ThreadSanitizer: g++ -g -O1 -fsanitize=thread.\n"
         "\n"
         "  heddle list                   the cases that come with it, bugs to learn from\n"
         "  heddle run unlocked_counter   how one of them fails, how often, and why\n"
         "  heddle run ./prog             the same of a program of yours\n"
         "\n"
         "heddle help says what else there is, heddle help run what run can do.\n";
}

std::string wrong_words(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const CLI::App* const at = chosen.empty() ? &app : chosen.front();
  const std::string command = at == &app ? "heddle" : "heddle " + at->get_name();
  const std::vector<std::string> unknown = app.remaining(true);
  if (unknown.empty()) return fmt::format("{} ({} --help says more)", error.what(), command);
  const std::string& word = unknown.front();
  const bool is_option = word.starts_with("-");
  const std::string_view name = std::string_view(word).substr(0, word.find('='));
  const auto nearest =
      nearest_word(name, is_option ? names_of_options(*at) : names_of_commands(app));
  const std::string what = is_option ? fmt::format("there is no option '{}'", name)
                                     : fmt::format("'{}' is no command of heddle", word);
  if (nearest) return fmt::format("{}; did you mean '{}'?", what, *nearest);
  return fmt::format("{}; see {} --help", what, command);
}

}  // namespace heddle
