// A token of whatever build, as one of this build.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "harness/cli/commands.h"
#include "harness/engine/engine.h"
#include "harness/model/anchored_token.h"
#include "harness/model/replay_token.h"
#include "harness/search/replayer.h"

namespace heddle {

struct ResolvedToken {
  Token token;
  BuildMark build = 0;                      // that it is of; 0: it says nothing of it
  std::optional<AnchoredToken> anchored{};  // what it was made of
  // Some departure was found by its object, and not on its line: a run that passes says nothing.
  bool moved = false;
};

bool is_anchored(std::string_view text);

// What `text` says, as far as that is known without the program: of an anchored token no schedule.
std::variant<ResolvedToken, Refusal> read_token(const std::string& text);

// Finds the departures of an anchored token in runs of `job`, one after the other.
std::optional<Refusal> resolve(ResolvedToken& token, const std::string& program_name,
                               WorkerOptions worker, Job job, std::uint32_t lost_ms);

}  // namespace heddle
