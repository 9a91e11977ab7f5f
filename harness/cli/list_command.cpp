#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <variant>

#include "harness/cli/case_list.h"
#include "harness/cli/commands.h"

namespace heddle {

int complain(int status, std::string_view message) {
  fmt::print(stderr, "heddle: {}\n", message);
  return status;
}

void add_list_command(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("list", "Names the built cases");
  command->callback([&action] {
    action = [] {
      const auto list = read_case_list();
      if (const auto* error = std::get_if<CaseListError>(&list)) {
        return complain(kOwnError, error->message);
      }
      for (const ListedCase& entry : std::get<std::vector<ListedCase>>(list)) {
        fmt::print("{}\n", entry.name);
      }
      return kHeld;
    };
  });
}

}  // namespace heddle
