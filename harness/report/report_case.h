// What every report is made from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/report/environment.h"
#include "harness/report/symbols.h"
#include "harness/search/result.h"

namespace heddle {

// Whether the case did as --expect had it.
enum class Verdict : std::uint8_t { unknown, held, broken };

// Both pointees must outlive the report; neither is null.
struct ReportCase {
  const CaseResult* result = nullptr;
  const Symbols* symbols = nullptr;
  // What stands for PROGRAM in the replay line, e.g. a case's name; empty: the program's path.
  std::string replay_as;
  std::optional<ReportEnvironment> environment{};
  std::string expectation{};  // as --expect had it; empty: nothing was asked
  Verdict verdict = Verdict::unknown;
};

// "heddle replay TOKEN PROGRAM [-- args] [< input]", quoted for a shell, with the option without
// which a failure of this kind is not looked for, and the limit at which the run is to give up.
std::string replay_command(const ReportCase& report_case, const Token& token,
                           std::optional<FailureKind> kind,
                           std::optional<std::uint64_t> step_limit = {});

}  // namespace heddle
