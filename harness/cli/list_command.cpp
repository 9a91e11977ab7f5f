#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/cli/case_list.h"
#include "harness/cli/commands.h"

namespace heddle {

int complain(int status, std::string_view message) {
  // Not fmt::print(), which throws where nobody can be told any more.
  std::fputs(fmt::format("heddle: {}\n", message).c_str(), stderr);
  return status;
}

namespace {

struct ListOptions {
  std::vector<std::string> words;  // parts of names, or classes; none: all cases
  int difficulty = 0;              // 0: all
  bool long_lines = false;
};

bool is_asked_for(const ListedCase& entry, const CaseHeader& header, const ListOptions& options) {
  if (options.difficulty != 0 && header.difficulty != options.difficulty) return false;
  return options.words.empty() ||
         std::any_of(options.words.begin(), options.words.end(), [&](const std::string& word) {
           return header.bug_class == word || entry.name.find(word) != std::string::npos;
         });
}

int list_cases(const ListOptions& options) {
  const auto list = read_case_list();
  if (const auto* error = std::get_if<CaseListError>(&list)) {
    return complain(kOwnError, error->message);
  }
  std::vector<std::pair<std::string, CaseHeader>> shown;
  std::size_t name_width = 0;
  std::size_t class_width = 0;
  for (const ListedCase& entry : std::get<std::vector<ListedCase>>(list)) {
    CaseHeader header = read_case_header(entry.source);
    if (!is_asked_for(entry, header, options)) continue;
    name_width = std::max(name_width, entry.name.size());
    class_width = std::max(class_width, header.bug_class.size());
    shown.emplace_back(entry.name, std::move(header));
  }
  for (const auto& [name, header] : shown) {
    if (!options.long_lines) {
      fmt::print("{}\n", name);
      continue;
    }
    const std::string difficulty = header.difficulty == 0 ? "-" : std::to_string(header.difficulty);
    fmt::print("{:{}}  {:{}}  {}  {}\n", name, name_width, header.bug_class, class_width,
               difficulty, header.purpose);
  }
  return shown.empty() && !options.words.empty() ? complain(kUsage, "no case is called so") : kHeld;
}

}  // namespace

void add_list_command(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("list", "Names the built cases");
  auto options = std::make_shared<ListOptions>();
  command->add_option("word", options->words,
                      "Only cases of this class of bug, or with this in their name");
  command->add_option("--difficulty", options->difficulty, "Only cases of this difficulty")
      ->check(CLI::Range(1, 5));
  command->add_flag("-l,--long", options->long_lines,
                    "With class, difficulty from 1 to 5, and what the program is meant to do");
  command->callback([&action, options] { action = [options] { return list_cases(*options); }; });
}

}  // namespace heddle
