// What every report is made from.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "harness/model/replay_token.h"
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
  BuildMark build = 0;  // of the program
  // Of long tokens, the files that have been written, by token_file_name().
  std::set<std::string> token_files{};
  std::optional<ReportEnvironment> environment{};
  std::string expectation{};  // as --expect had it; empty: nothing was asked
  Verdict verdict = Verdict::unknown;
};

// Tokens of more deviations than these are of no use on a command line: they have a file.
inline constexpr std::size_t kMostPasted = 256;

// The file that a token has if it is a long one; empty: it is short. Its name alone, which depends
// on nothing but the token and the build.
std::string token_file_name(const ReportCase& report_case, const Token& token);

// What stands for TOKEN in the replay line: its text, or "./" and its file.
std::string replay_word(const ReportCase& report_case, const Token& token);

// "heddle replay TOKEN PROGRAM [-- args] [< input]", quoted for a shell, with the option without
// which a failure of this kind is not looked for, and the limit at which the run is to give up.
std::string replay_command(const ReportCase& report_case, const Token& token,
                           std::optional<FailureKind> kind,
                           std::optional<std::uint64_t> step_limit = {});

}  // namespace heddle
