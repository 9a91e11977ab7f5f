#include "harness/report/report_case.h"

#include "harness/report/text.h"

namespace heddle {

std::string token_file_name(const ReportCase& report_case, const Token& token) {
  if (token.schedule.deviations.size() <= kMostPasted) return {};
  const std::string text = to_text(ReplayToken{.token = token, .build = report_case.build});
  // Its checksum.
  return "heddle" + text.substr(text.rfind('-')) + ".token";
}

std::string replay_word(const ReportCase& report_case, const Token& token) {
  const std::string file = token_file_name(report_case, token);
  if (report_case.token_files.contains(file)) return "./" + file;
  return to_text(ReplayToken{.token = token, .build = report_case.build});
}

std::string replay_command(const ReportCase& report_case, const Token& token,
                           std::optional<FailureKind> kind,
                           std::optional<std::uint64_t> step_limit) {
  const CaseResult& result = *report_case.result;
  const std::string& program =
      report_case.replay_as.empty() ? result.program : report_case.replay_as;
  std::string command =
      "heddle replay " + replay_word(report_case, token) + ' ' + shell_quoted(program);
  if (kind == FailureKind::leak) command += " --leaks";
  if (kind == FailureKind::out_of_memory && result.chosen_memory) {
    command += " --memory " + std::to_string(result.memory);
  }
  if (result.any_rwlock) command += " --rwlock any";
  if (result.free_deadlines) command += " --deadlines free";
  if (step_limit.has_value()) command += " --step-limit " + std::to_string(*step_limit);
  if (!result.args.empty()) command += " --";
  for (const std::string& arg : result.args) command += ' ' + shell_quoted(arg);
  if (!result.input.empty()) command += " < " + shell_quoted(result.input);
  return command;
}

}  // namespace heddle
