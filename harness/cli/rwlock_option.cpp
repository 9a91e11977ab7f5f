#include <CLI/CLI.hpp>

#include "harness/cli/commands.h"

namespace heddle {

void add_rwlock_option(CLI::App& command, std::string& policy) {
  command
      .add_option("--rwlock", policy,
                  "fuzz: whom read-write locks prefer, as the C library has it, or any")
      ->check(CLI::IsMember({"library", "any"}))
      ->capture_default_str();
}

}  // namespace heddle
