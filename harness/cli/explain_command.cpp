#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "harness/cli/anchored_replay.h"
#include "harness/cli/case_list.h"
#include "harness/cli/command_line.h"
#include "harness/cli/commands.h"
#include "harness/cli/explain_log.h"
#include "harness/cli/numbers.h"
#include "harness/cli/token_files.h"
#include "harness/report/markdown.h"
#include "harness/report/symbolizer.h"
#include "harness/search/minimize.h"
#include "harness/search/program_build.h"
#include "harness/search/replayer.h"

namespace heddle {
namespace {

struct ExplainOptions {
  std::string log;
  std::uint64_t runs = ExplainLogOptions{}.runs;
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
  auto parsed = read_token(*text);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    return complain(refusal->status, refusal->message);
  }
  auto& resolved = std::get<ResolvedToken>(parsed);
  const Token& token = resolved.token;
  const auto program = usable_program(options.program);
  if (const auto* refusal = std::get_if<Refusal>(&program)) {
    return complain(refusal->status, refusal->message);
  }
  const auto& named = std::get<NamedProgram>(program);
  const BuildMark this_build = program_build(named.path);
  if (const auto wrong = other_build(named, resolved.build, this_build))
    return complain(kOwnError, *wrong);

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
  const unsigned workers = std::max(1U, std::thread::hardware_concurrency());
  if (const auto wrong = options.shared.apply(job, workers)) return complain(kUsage, *wrong);
  result.memory = job.memory;
  result.chosen_memory = !options.shared.memory.empty();
  result.any_rwlock = job.any_rwlock;
  result.free_deadlines = job.free_deadlines;
  const WorkerOptions worker{.program = named.path,
                             .args = result.args,
                             .input = result.input,
                             .library_dir = default_library_dir()};
  if (const auto refusal = resolve(resolved, named.name, worker, job, kPatienceMs)) {
    return complain(refusal->status, refusal->message);
  }
  job.schedule = token.schedule;
  Replayer replayer(worker, kPatienceMs);
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

// Of a log there is no token: the program is the only word.
int explain_words(const ExplainOptions& options) {
  if (options.log.empty()) {
    if (!options.program.empty()) return explain(options);
    return complain(kUsage,
                    "explain wants a token and a program, or --tsan-log FILE and a program");
  }
  if (!options.program.empty()) {
    return complain(kUsage, "--tsan-log FILE wants a program alone, and no token");
  }
  ExplainLogOptions log{.log = options.log,
                        .program = options.token,
                        .program_args = options.program_args,
                        .runs = options.runs,
                        .job = {}};
  log.job.engine = EngineKind::fuzz;
  if (const auto wrong = options.shared.apply(log.job, 1)) return complain(kUsage, *wrong);
  return explain_log(log);
}

}  // namespace

void add_explain_command(CLI::App& app, Action& action,
                         const std::vector<std::string>& program_args) {
  auto options = std::make_shared<ExplainOptions>();
  options->program_args = program_args;
  CLI::App* command = app.add_subcommand(
      "explain", "Writes what an interleaving shows as a text for an issue tracker (Markdown)");
  command->add_option("token", options->token, "from a report; with --tsan-log there is none")
      ->required();
  command->add_option("program", options->program, "as for run, and its arguments behind --");
  command->add_option("--tsan-log", options->log,
                      "what ThreadSanitizer has printed, a file or -: its data races are looked "
                      "for under fuzz");
  command->add_option("-n,--runs", options->runs, "with --tsan-log: as many are made to find them")
      ->check(whole_number(1, kMostCounted))
      ->capture_default_str();
  command->add_flag("--stop-at-race", options->stop_at_race, "as for run");
  command->add_flag("--leaks", options->leaks, "as for run");
  add_shared_options(*command, options->shared);
  command->callback([options, &action] { action = [options] { return explain_words(*options); }; });
}

}  // namespace heddle
