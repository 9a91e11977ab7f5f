#include <CLI/CLI.hpp>

#include "harness/cli/commands.h"

namespace heddle {

void SharedOptions::apply(Job& job) const {
  job.any_rwlock = rwlock == "any";
  job.free_deadlines = deadlines == "free";
  job.isolation = parse_isolation(isolation).value_or(Isolation::automatic);
}

void add_shared_options(CLI::App& command, SharedOptions& options) {
  command
      .add_option("--rwlock", options.rwlock,
                  "fuzz: whom read-write locks prefer, as the C library has it, or any")
      ->check(CLI::IsMember({"library", "any"}))
      ->capture_default_str();
  command
      .add_option(
          "--deadlines", options.deadlines,
          "fuzz: a failure that needs a thread to wake up later than another whose deadline "
          "came after its own does not count, or does")
      ->check(CLI::IsMember({"in-order", "free"}))
      ->capture_default_str();
  command
      .add_option("--isolation", options.isolation,
                  "what keeps a run apart from the next: its memory put back, a process each, or "
                  "that only once a run leaves behind what is not put back")
      ->check(CLI::IsMember({"auto", "memory", "process"}))
      ->capture_default_str();
}

}  // namespace heddle
