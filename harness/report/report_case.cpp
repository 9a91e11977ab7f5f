#include "harness/report/report_case.h"

#include "harness/report/text.h"

namespace heddle {

std::string replay_command(const ReportCase& report_case, const Token& token,
                           std::optional<FailureKind> kind,
                           std::optional<std::uint64_t> step_limit) {
  const CaseResult& result = *report_case.result;
  const std::string& program =
      report_case.replay_as.empty() ? result.program : report_case.replay_as;
  std::string command = "heddle replay " + to_text(token) + ' ' + shell_quoted(program);
  if (kind == FailureKind::leak) command += " --leaks";
  if (result.any_rwlock) command += " --rwlock any";
  if (result.free_deadlines) command += " --deadlines free";
  if (step_limit.has_value()) command += " --step-limit " + std::to_string(*step_limit);
  if (!result.args.empty()) command += " --";
  for (const std::string& arg : result.args) command += ' ' + shell_quoted(arg);
  if (!result.input.empty()) command += " < " + shell_quoted(result.input);
  return command;
}

}  // namespace heddle
