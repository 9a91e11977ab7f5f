#include "harness/cli/minimize_findings.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "harness/cli/interrupts.h"
#include "harness/search/google_test.h"
#include "harness/search/lost_run.h"
#include "harness/search/minimize.h"
#include "harness/search/replayer.h"

namespace heddle {
namespace {

// Which findings get a minimal interleaving: past a few a report helps nobody.
constexpr std::size_t kMinimized = 4;

// A test that fails ends the program with status 1, whichever of its assertions it was.
void name_test_failure(Finding& finding, const SearchOptions& options) {
  if (finding.failure.kind != FailureKind::exit_status) return;
  const Token& token = finding.minimal.has_value() ? finding.minimal->token : *finding.token;
  Job job = options.job;
  job.engine = token.engine;
  job.schedule = token.schedule;
  job.relacy_state = token.relacy_state;
  const std::string said = first_test_failure(options.worker, job, options.lost_ms);
  if (!said.empty()) finding.failure.message = said;
}

}  // namespace

void minimize_findings(EngineResult& result, SearchOptions options,
                       const std::function<void()>& progress) {
  if (result.not_as_fresh) options.job.isolation = Isolation::process;
  Replayer replayer(options.worker, options.lost_ms);
  std::size_t minimized = 0;
  std::optional<std::chrono::steady_clock::time_point> seen_since;
  for (Finding& finding : result.findings) {
    if (!finding.token.has_value() || g_interrupted) continue;
    replayer.expect_lost(is_lost(finding.failure));
    if (minimized >= kMinimized) {
      // For the callers of their places, which a search does not keep: as far as that takes no
      // time.
      constexpr std::size_t kTold = 64;
      constexpr std::chrono::seconds kMostTime{1};
      if (minimized++ >= kTold) continue;
      if (seen_since.has_value() && std::chrono::steady_clock::now() - *seen_since > kMostTime) {
        continue;
      }
      if (!seen_since.has_value()) seen_since = std::chrono::steady_clock::now();
      if (auto seen = see_again(replayer, options.job, finding)) finding.failure = std::move(*seen);
      continue;
    }
    progress();
    ++minimized;
    finding.minimal = minimize(replayer, options.job, finding, {});
    if (finding.minimal.has_value()) finding.failure = finding.minimal->failure;
    if (options.worker.google_test) name_test_failure(finding, options);
    if (!finding.minimal.has_value()) continue;
    finding.token = finding.minimal->token;
    // A read and a write that race with the same access fail in one interleaving: once is enough.
    const bool shown = std::any_of(
        result.findings.begin(), result.findings.end(), [&finding](const Finding& other) {
          return &other != &finding && other.minimal.has_value() && other.token == finding.token;
        });
    if (shown) finding.minimal.reset();
  }
}

}  // namespace heddle
