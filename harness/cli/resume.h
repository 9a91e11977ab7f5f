// `--resume FILE`: an exhaustive search goes on where FILE has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cli/commands.h"
#include "harness/cli/saved_search.h"
#include "harness/search/engine_search.h"

namespace heddle {

// What a search is made of, as this command line has it.
struct ResumedSearch {
  std::string program;  // path
  std::vector<std::string> args;
  Job job;
};

// Whether it is one that can be gone on with. What is wrong, if anything is.
std::optional<Refusal> check_resume(const std::vector<EngineKind>& engines, std::size_t cases,
                                    const Job& job);

// Takes over what the file holds. What is wrong, if anything is.
std::optional<Refusal> resume(const std::string& file, const ResumedSearch& search,
                              SavedSearch& saved);

// Adds what this part has come to. Of a search that had ended before: gives `outcome` its result.
void keep(SearchOutcome& outcome, SavedSearch& saved);

}  // namespace heddle
