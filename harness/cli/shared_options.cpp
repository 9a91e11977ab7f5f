#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "harness/cli/commands.h"
#include "harness/cli/numbers.h"
#include "harness/model/memory_size.h"
#include "harness/search/machine_memory.h"
#include "harness/search/program_check.h"

namespace heddle {

std::optional<std::string> SharedOptions::apply(Job& job, unsigned workers) const {
  job.any_rwlock = rwlock == "any";
  job.free_deadlines = deadlines == "free";
  job.isolation = parse_isolation(isolation).value_or(Isolation::automatic);
  if (memory.empty()) {
    job.memory = share_of_memory(memory_at_hand(), workers);
    return std::nullopt;
  }
  const auto bytes = parse_memory(memory, kLeastMemory);
  if (!bytes.has_value()) {
    return fmt::format("'{}' is no amount of memory from {} on; write 512MB or 2G", memory,
                       memory_words(kLeastMemory));
  }
  job.memory = *bytes;
  return std::nullopt;
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
  command.add_option(
      "--memory", options.memory,
      "how much a worker may have, e.g. 512MB or 2G: a run that asks for more fails; "
      "default: half of what there is, shared out over workers");
}

std::variant<NamedProgram, Refusal> usable_program(const std::string& word) {
  auto list = read_case_list();
  if (const auto* error = std::get_if<CaseListError>(&list)) {
    return Refusal{kOwnError, error->message};
  }
  auto program = find_program(word, std::get<std::vector<ListedCase>>(list));
  if (const auto* error = std::get_if<CaseListError>(&program)) {
    return Refusal{kUsage, error->message};
  }
  auto& named = std::get<NamedProgram>(program);
  if (const auto wrong = check_program(named.path)) return Refusal{kOwnError, *wrong};
  return std::move(named);
}

}  // namespace heddle
