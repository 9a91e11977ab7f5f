#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "harness/cli/case_list.h"
#include "harness/cli/command_line.h"
#include "harness/cli/commands.h"
#include "harness/cli/token_files.h"
#include "harness/report/markdown.h"
#include "harness/report/symbolizer.h"
#include "harness/search/minimize.h"
#include "harness/search/program_build.h"
#include "harness/search/program_check.h"
#include "harness/search/replayer.h"

namespace heddle {
namespace {

struct ExplainOptions {
  std::string token;
  std::string program;
  std::vector<std::string> program_args;
  bool stop_at_race = false;
  bool leaks = false;
  SharedOptions shared;
};

constexpr std::uint32_t kPatienceMs = 60'000;

// The failure that a run is told by: how it ended, or what it showed on its way.
const Failed* failure_of(const JobDone& run) {
  if (run.outcome.has_value()) {
    if (const auto* failed = std::get_if<Failed>(&*run.outcome)) return failed;
  }
  return run.reports.empty() ? nullptr : &run.reports.front();
}

int explain(const ExplainOptions& options) {
  const auto text = read_token_word(options.token);
  if (!text.has_value()) return complain(kUsage, options.token + ": no such file with a token");
  const auto parsed = parse_replay_token(*text);
  if (const auto* error = std::get_if<TokenError>(&parsed)) return complain(kUsage, error->message);
  const auto& [token, build] = std::get<ReplayToken>(parsed);
  if (token.engine != EngineKind::fuzz && token.engine != EngineKind::relacy) {
    return complain(kUsage, "runs with real threads cannot be replayed; this token is not valid");
  }
  auto list = read_case_list();
  if (const auto* error = std::get_if<CaseListError>(&list)) {
    return complain(kOwnError, error->message);
  }
  const auto program = find_program(options.program, std::get<std::vector<ListedCase>>(list));
  if (const auto* error = std::get_if<CaseListError>(&program)) {
    return complain(kUsage, error->message);
  }
  const auto& named = std::get<NamedProgram>(program);
  if (const auto wrong = check_program(named.path)) return complain(kOwnError, *wrong);
  const BuildMark this_build = program_build(named.path);
  if (const auto wrong = other_build(named, build, this_build)) return complain(kOwnError, *wrong);

  CaseResult result;
  result.name = named.name;
  result.program = named.path;
  result.args = options.program_args;
  result.input = standard_input_file();
  Job job;
  job.engine = token.engine;
  job.record_trace = true;
  job.schedule = token.schedule;
  job.relacy_state = token.relacy_state;
  job.stop_at_race = options.stop_at_race;
  job.leaks = options.leaks;
  options.shared.apply(job);
  result.any_rwlock = job.any_rwlock;
  result.free_deadlines = job.free_deadlines;
  Replayer replayer({.program = named.path,
                     .args = result.args,
                     .input = result.input,
                     .library_dir = default_library_dir()},
                    kPatienceMs);
  auto run = replayer.replay(job);
  if (const auto* error = std::get_if<StartError>(&run)) return complain(kOwnError, error->message);
  auto& done = std::get<JobDone>(run);
  result.modules = replayer.modules();
  const Failed* failure = failure_of(done);
  if (failure == nullptr) {
    return complain(kHeld, "this interleaving does not fail: there is nothing to explain");
  }
  EngineResult& engine = result.engines.emplace_back();
  engine.engine = token.engine;
  Finding& finding = engine.findings.emplace_back();
  finding.failure = *failure;
  finding.count = 1;
  finding.token = token;
  finding.minimal = minimize(replayer, job, finding, {});
  if (!finding.minimal.has_value()) {
    finding.minimal = MinimalInterleaving{
        .token = token, .trace = std::move(done.trace), .failure = finding.failure};
  }
  finding.failure = finding.minimal->failure;
  const Symbolizer symbols(result.modules);
  const ReportCase report_case{.result = &result,
                               .symbols = &symbols,
                               .replay_as = named.name,
                               .build = this_build,
                               .environment = environment_of(named.path, command_line())};
  write_markdown_report(std::cout, std::span(&report_case, 1));
  std::cout.flush();
  return kNotHeld;
}

}  // namespace

void add_explain_command(CLI::App& app, Action& action,
                         const std::vector<std::string>& program_args) {
  auto options = std::make_shared<ExplainOptions>();
  options->program_args = program_args;
  CLI::App* command = app.add_subcommand(
      "explain", "Writes what an interleaving shows as a text for an issue tracker (Markdown)");
  command->add_option("token", options->token, "from a report")->required();
  command->add_option("program", options->program, "as for run, and its arguments behind --")
      ->required();
  command->add_flag("--stop-at-race", options->stop_at_race, "as for run");
  command->add_flag("--leaks", options->leaks, "as for run");
  add_shared_options(*command, options->shared);
  command->callback([options, &action] { action = [options] { return explain(*options); }; });
}

}  // namespace heddle
