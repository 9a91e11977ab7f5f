// Files for tokens too long for a command line.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/cli/case_list.h"
#include "harness/model/replay_token.h"
#include "harness/report/report_case.h"

namespace heddle {

// Longer files are no tokens. In characters: more than all deviations that a run can have.
inline constexpr std::size_t kMostTokenFile = std::size_t{64} * 1024 * 1024;

// Writes each long token of the case into the working folder, and to ReportCase::token_files. What
// is wrong, if one cannot be written.
std::optional<std::string> write_token_files(ReportCase& report_case);

// The text of a token that a command line gives: the word itself, or what the file that it names
// has. Nothing if there is no such file.
std::optional<std::string> read_token_word(const std::string& word);

// What is wrong if the token of one build is given with another. 0: it is not known which it is of.
std::optional<std::string> other_build(const NamedProgram& program, BuildMark of_token,
                                       BuildMark of_program);

}  // namespace heddle
