#include "harness/cli/resume.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

#include "fuzz/strategy/strategy.h"
#include "harness/model/codec.h"
#include "harness/model/schedule_text.h"

namespace heddle {
namespace {

Failed failure_of(const SavedFinding& finding) {
  Reader reader(finding.failure);
  Failed failure;
  decode(reader, failure);
  if (!reader.finished()) throw std::runtime_error("a failure of the saved search is damaged");
  return failure;
}

void give_back(const SavedSearch& saved, EngineResult& result) {
  result.runs = saved.runs;
  result.failed = saved.earlier.failed;
  result.failed_late = saved.earlier.failed_late;
  // They are told as this part's.
  result.earlier.failed = 0;
  result.earlier.failed_late = 0;
  for (const SavedFinding& finding : saved.findings) {
    Finding& told = result.findings.emplace_back();
    told.failure = failure_of(finding);
    told.count = finding.count;
    told.first_run = finding.first_run;
    auto token = parse_long_token(finding.token);
    if (auto* parsed = std::get_if<Token>(&token)) told.token = std::move(*parsed);
    const std::uint64_t first = finding.first_run + 1;
    result.first_failure = std::min(result.first_failure.value_or(first), first);
  }
}

}  // namespace

std::optional<Refusal> check_resume(const std::vector<EngineKind>& engines, std::size_t cases,
                                    const Job& job) {
  if (cases != 1) {
    return Refusal{kUsage, "--resume is for one case; name one program, or one test of it"};
  }
  if (engines != std::vector{EngineKind::fuzz}) {
    return Refusal{kUsage, "--resume is for the fuzz engine alone: add --engine fuzz"};
  }
  const auto strategy = make_strategy(job.strategy, job.seed);
  const auto* made = std::get_if<std::unique_ptr<Strategy>>(&strategy);
  if (made == nullptr || !(*made)->exploration().has_value()) {
    return Refusal{kUsage,
                   "--resume is for an exhaustive search: add --strategy dpor, or dfs:bound=N"};
  }
  return std::nullopt;
}

std::optional<Refusal> resume(const std::string& file, const ResumedSearch& search,
                              SavedSearch& saved) {
  saved = {.strategy = search.job.strategy,
           .seed = search.job.seed,
           .program = program_fingerprint(search.program),
           .args = search.args,
           .racy_pcs = {},
           .strategy_state = {},
           .earlier = {}};
  auto read = read_saved_search(file);
  if (const auto* wrong = std::get_if<SavedSearchError>(&read)) {
    return Refusal{kUsage, fmt::format("cannot resume from {}: {}; remove it to begin anew", file,
                                       wrong->message)};
  }
  auto& found = std::get<std::optional<SavedSearch>>(read);
  if (!found.has_value()) return std::nullopt;
  const auto differs = [&](const char* what) {
    return Refusal{kUsage,
                   fmt::format("{} holds the search of another {}; give another file", file, what)};
  };
  if (found->strategy != saved.strategy) return differs("strategy");
  if (found->seed != saved.seed) return differs("seed");
  if (found->program != saved.program) return differs("program, or another build of it");
  if (found->args != saved.args) return differs("command line of the program");
  saved = std::move(*found);
  return std::nullopt;
}

void keep(SearchOutcome& outcome, SavedSearch& saved) {
  EngineResult& result = outcome.result;
  if (result.error.has_value()) return;
  if (saved.finished) {
    give_back(saved, result);
    return;
  }
  saved.strategy_state = std::move(outcome.strategy_state);
  saved.racy_pcs = std::move(outcome.racy_pcs);
  saved.earlier = outcome.earlier;
  saved.finished = result.exhausted;
  saved.runs += result.runs;
  for (const Finding& finding : result.findings) {
    Writer failure;
    encode(failure, finding.failure);
    const auto same =
        std::find_if(saved.findings.begin(), saved.findings.end(), [&](const SavedFinding& other) {
          return failure_key(failure_of(other)) == failure_key(finding.failure);
        });
    if (same != saved.findings.end()) {
      same->count += finding.count;
      continue;
    }
    saved.findings.push_back(
        {.failure = failure.bytes(),
         .count = finding.count,
         .first_run = finding.first_run,
         .token = finding.token.has_value() ? to_text(*finding.token) : std::string()});
  }
}

}  // namespace heddle
