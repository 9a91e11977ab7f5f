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

void add_isolation_option(CLI::App& command, std::string& isolation) {
  command
      .add_option("--isolation", isolation,
                  "what keeps a run apart from the next: its memory put back, a process each, or "
                  "that only once a run leaves behind what is not put back")
      ->check(CLI::IsMember({"auto", "memory", "process"}))
      ->capture_default_str();
}

}  // namespace heddle
