#include "harness/cli/anchored_replay.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "harness/report/anchors.h"
#include "harness/report/symbolizer.h"

namespace heddle {
namespace {

Refusal does_not_apply(const std::string& program, const std::string& why) {
  return {kOwnError, fmt::format("the token does not apply to {}: {}", program, why)};
}

}  // namespace

bool is_anchored(std::string_view text) {
  return text.starts_with(kAnchoredVersion);
}

std::variant<ResolvedToken, Refusal> read_token(const std::string& text) {
  if (is_anchored(text)) {
    auto parsed = parse_anchored_token(text);
    if (auto* error = std::get_if<TokenError>(&parsed)) return Refusal{kUsage, error->message};
    ResolvedToken token;
    token.token.engine = EngineKind::fuzz;
    token.anchored = std::get<AnchoredToken>(std::move(parsed));
    return token;
  }
  auto parsed = parse_replay_token(text);
  if (auto* error = std::get_if<TokenError>(&parsed)) return Refusal{kUsage, error->message};
  auto& [token, build] = std::get<ReplayToken>(parsed);
  if (token.engine != EngineKind::fuzz && token.engine != EngineKind::relacy) {
    return Refusal{kUsage, "runs with real threads cannot be replayed; this token is not valid"};
  }
  return ResolvedToken{.token = std::move(token), .build = build};
}

std::optional<Refusal> resolve(ResolvedToken& token, const std::string& program_name,
                               WorkerOptions worker, Job job, std::uint32_t lost_ms) {
  if (!token.anchored.has_value()) return std::nullopt;
  worker.show_output = false;
  job.engine = EngineKind::fuzz;
  job.record_trace = true;
  Replayer replayer(std::move(worker), lost_ms);
  for (const Anchor& anchor : token.anchored->anchors) {
    job.schedule = token.token.schedule;
    auto run = replayer.replay(job);
    if (const auto* error = std::get_if<StartError>(&run)) {
      return Refusal{kOwnError, error->message};
    }
    const Symbolizer symbols(replayer.modules());
    const auto found = find_anchor(anchor, std::get<JobDone>(run).trace, symbols);
    if (!found.has_value()) {
      return does_not_apply(program_name, "not reached: " + to_words(anchor));
    }
    token.moved |= found->moved;
    token.token.schedule.deviations.push_back(found->deviation);
  }
  if (token.anchored->anchors.empty()) return std::nullopt;
  job.schedule = token.token.schedule;
  auto run = replayer.replay(job);
  const auto* done = std::get_if<JobDone>(&run);
  if (done == nullptr || !done->outcome.has_value()) return std::nullopt;
  const auto* failed = std::get_if<Failed>(&*done->outcome);
  // Who did not live to say which it has taken.
  if (failed != nullptr && done->schedule.deviations.empty()) return std::nullopt;
  const std::set<Deviation> taken(done->schedule.deviations.begin(),
                                  done->schedule.deviations.end());
  for (std::size_t i = 0; i < token.anchored->anchors.size(); ++i) {
    if (taken.contains(token.token.schedule.deviations[i])) continue;
    return does_not_apply(
        program_name,
        fmt::format("not reached: {}, where T{} could not go instead",
                    to_words(token.anchored->anchors[i]), token.anchored->anchors[i].value));
  }
  return std::nullopt;
}

}  // namespace heddle
